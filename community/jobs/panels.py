"""What jobs add to the frame."""

from django.utils.translation import gettext_lazy as _

from community.jobs import permissions  # noqa: F401  (registers the predicates)
from community.lib.slots import NavEntry, add_nav

add_nav(NavEntry(_("Jobs"), "jobs:list", order=20, place="maintain"))
