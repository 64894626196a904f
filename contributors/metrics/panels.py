"""What metrics adds to the frame and to the pages of people and projects."""

from django.utils.translation import gettext_lazy as _

from community.lib.slots import NavEntry, add_nav

add_nav(NavEntry(_("Home"), "metrics:home", order=10))
