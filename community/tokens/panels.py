"""What tokens and the API add to the frame."""

from django.utils.translation import gettext_lazy as _

from community.lib.slots import NavEntry, add_nav

add_nav(NavEntry(_("API"), "api:docs", order=80, place="foot"))
