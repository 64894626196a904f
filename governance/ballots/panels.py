"""Where other pages lead here."""

from django.utils.translation import gettext_lazy as _

from community.lib.slots import NavEntry, add_nav
from community.people.exports import register
from governance.ballots import permissions  # noqa: F401  (registers the predicates)
from governance.ballots.candidacies import own_candidacies, own_endorsements

add_nav(NavEntry(_("Elections"), "ballots:list", order=50))
add_nav(NavEntry(_("Count a file"), "ballots:tally", order=60, place="foot"))
register("candidacies", own_candidacies)
register("endorsements", own_endorsements)
