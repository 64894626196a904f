"""The directory: whom a viewer finds, and in which order."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Page
from django.db.models import Count
from django.db.models.functions import Lower
from django.urls import get_script_prefix
from django.utils.safestring import SafeString

from community.lib import icons
from community.lib.moments import Now, read_at
from community.lib.paging import kept_if_slow
from community.people.models import Affiliation, Person
from community.people.visibility import levels_shown_to

if TYPE_CHECKING:
    from community.people.querysets import PersonQuerySet

Employer = tuple[str | None, str | None]  # slug and name; neither: independent
COLUMNS = (
    *("pk", "handle", "name", "avatar", "is_bot", "visibility"),
    *("is_active", "is_staff", "claimed_at", "joined_at"),
)


class PersonLine(NamedTuple):
    """All that a row of the directory shows."""

    drawn: SafeString
    shows_affiliations: bool
    employers: tuple[Employer, ...]
    account: str
    known_since: SafeString


def person_lines(
    page: "Page[Person]", viewer: Person | AnonymousUser, at: datetime
) -> list[PersonLine]:
    """The people of a page with those they work for, in two queries."""
    levels = levels_shown_to(viewer)
    rows: Any = page.object_list
    people = list(rows.values_list(*COLUMNS))
    employers = employers_of([row[0] for row in people], at.date())
    prefix, now = get_script_prefix(), read_at(at)
    return [person_line(row, employers.get(row[0], ()), levels, now, prefix) for row in people]


def person_line(
    row: tuple[Any, ...], employers: Sequence[Employer], levels: list[str], now: Now, prefix: str
) -> PersonLine:
    """The row of somebody of these `COLUMNS`."""
    _, handle, name, avatar, is_bot, visibility, is_active, is_staff, claimed_at, joined_at = row
    return PersonLine(
        icons.person_below(prefix, handle, name, avatar, 28, is_bot=is_bot),
        visibility.get("affiliations", "public") in levels,
        tuple(employers),
        account_of(is_active=is_active, is_staff=is_staff, is_claimed=claimed_at is not None),
        now.when(joined_at),
    )


def employers_of(people: Collection[int], day: date) -> Mapping[int, list[Employer]]:
    """Whom these people worked for on a day."""
    found: defaultdict[int, list[Employer]] = defaultdict(list)
    rows = Affiliation.objects.on(day).filter(person__in=people)
    for pk, *employer in rows.values_list("person", "organization__slug", "organization__name"):
        found[pk].append((employer[0], employer[1]))
    return found


def account_of(*, is_active: bool, is_staff: bool, is_claimed: bool) -> str:
    """What the account of somebody is, in one word."""
    if not is_active:
        return "suspended"
    if is_staff:
        return "maintainer"
    return "own" if is_claimed else ""


def counts_of_people() -> dict[bool, int]:
    """How many people there are, and how many bots; kept for a while where it takes long."""
    groups = Person.objects.present().order_by().values_list("is_bot").annotate(Count("pk"))
    return {False: 0, True: 0, **kept_if_slow("people by kind", lambda: dict(groups))}


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
    return found.order_by(*order)
