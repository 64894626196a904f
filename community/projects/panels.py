"""What projects add to the frame."""

from django.utils.translation import gettext_lazy as _

from community.lib.slots import NavEntry, add_nav
from community.projects import permissions  # noqa: F401  (registers the predicates)

add_nav(NavEntry(_("Projects"), "projects:list", order=20))
