"""What the log adds to the frame."""

from django.utils.translation import gettext_lazy as _

from community.audit import permissions  # noqa: F401  (registers the predicates)
from community.lib.slots import NavEntry, add_nav

add_nav(NavEntry(_("Audit"), "audit:list", order=40, place="maintain"))
