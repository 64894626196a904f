"""Which section of a profile is shown to whom."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from community.people.models import Person

SECTIONS = {
    "about": _("About me: text, languages, place, time zone, website"),
    "affiliations": _("Affiliations"),
    "identities": _("Accounts elsewhere and their earlier names"),
    "activity": _("Activity and projects"),
}


def may_see(viewer: "Person | AnonymousUser", person: "Person", section: str) -> bool:
    """Whether the viewer may see this section of the person's profile."""
    return is_shown(viewer, person.pk, person.visibility, section)


def is_shown(
    viewer: "Person | AnonymousUser", pk: int, visibility: Mapping[str, str], section: str
) -> bool:
    """The same of a person of whom only the key and what they show is at hand."""
    level = visibility.get(section, "public")
    if level == "public" or viewer.is_staff or viewer.pk == pk:
        return True
    return level == "members" and viewer.is_authenticated


def shows_logins(person: "Person") -> bool:
    """Whether everybody may find the person by the names of their accounts elsewhere."""
    return bool(person.visibility.get("identities", "public") == "public")


def levels_shown_to(viewer: "Person | AnonymousUser") -> list[str]:
    """The levels whose sections this viewer sees on anybody's profile."""
    if viewer.is_staff:
        return ["public", "members", "hidden"]
    return ["public", "members"] if viewer.is_authenticated else ["public"]
