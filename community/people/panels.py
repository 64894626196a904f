"""Links in the frame, and who may follow them."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.lib.search import MOST, Hit, Source, add_source
from community.lib.slots import NavEntry, add_nav
from community.people import permissions  # noqa: F401
from community.people.models import Organization, Person


def _find_people(text: str, request: HttpRequest) -> Iterable[Hit]:
    found = Person.objects.present().matching(text).order_by("is_bot", "handle")[:MOST]
    return (Hit(str(one), one.get_absolute_url(), f"@{one.handle}") for one in found)


def _find_organizations(text: str, request: HttpRequest) -> Iterable[Hit]:
    found = Organization.objects.called(text).order_by("name")[:MOST]
    return (Hit(one.name, one.get_absolute_url(), str(one.get_kind_display())) for one in found)


add_source(Source(_("People"), _find_people, "people:list", order=20))
add_source(Source(_("Organizations"), _find_organizations, "people:organizations", order=30))

add_nav(NavEntry(_("People"), "people:list", order=40))
add_nav(NavEntry(_("Organizations"), "people:organizations", order=40, place="foot"))
add_nav(NavEntry(_("Merges"), "people:merges", order=30, place="maintain"))
add_nav(NavEntry(_("Bots"), "people:bots", order=35, place="maintain"))
