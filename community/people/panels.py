"""Links in the frame."""

from django.utils.translation import gettext_lazy as _

from community.lib.slots import NavEntry, add_nav

add_nav(NavEntry(_("People"), "people:list", order=40))
add_nav(NavEntry(_("Organizations"), "people:organizations", order=40, place="foot"))
