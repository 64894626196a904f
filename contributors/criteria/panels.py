"""What criteria add to the frame."""

from django.utils.translation import gettext_lazy as _

from community.lib.slots import NavEntry, add_nav
from contributors.criteria import permissions  # noqa: F401  (registers the predicates)

add_nav(NavEntry(_("Criteria"), "criteria:list", order=55, place="foot"))
