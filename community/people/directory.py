"""The directory: whom a viewer finds, and in which order."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.db.models.functions import Lower

from community.people.models import Person
from community.people.visibility import levels_shown_to

if TYPE_CHECKING:
    from community.people.querysets import PersonQuerySet


def find_people(
    wanted: Mapping[str, Any], *, viewer: Person | AnonymousUser, day: date
) -> "PersonQuerySet":
    """People (or bots) that match the cleaned filters.

    Hidden affiliations neither show nor can be guessed through the filter.
    """
    levels = levels_shown_to(viewer)
    found: PersonQuerySet = Person.objects.present().matching(wanted.get("q") or "")
    found = found.bots() if wanted.get("bots") else found.human()
    if organization := wanted.get("organization"):
        found = found.showing("affiliations", levels).working_for(organization, day)
    if claimed := wanted.get("claimed"):
        found = found.filter(claimed_at__isnull=claimed == "no")
    order = ["-joined_at", "-pk"] if wanted.get("sort") == "new" else [Lower("handle")]
    return found.with_affiliations(day).order_by(*order)
