"""What rolls add to the frame and to the export of one's own data."""

from django.utils.translation import gettext_lazy as _

from community.lib.slots import NavEntry, add_nav
from community.people.exports import register
from governance.rolls import permissions  # noqa: F401  (registers the predicates)
from governance.rolls.forgetting import own_decisions, own_requests, own_rows

add_nav(NavEntry(_("Electoral rolls"), "rolls:list", order=58, place="foot"))
register("roll_rows", own_rows)
register("roll_requests", own_requests)
register("roll_decisions", own_decisions)
