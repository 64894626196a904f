"""What pages show of a roll: its life as a timeline, and how one person stands."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from community.people.models import Person
from contributors.criteria.cards import ClauseCard, cards_of
from contributors.criteria.clauses import longest_window
from contributors.criteria.evaluating import window
from contributors.criteria.explaining import explain
from governance.rolls.models import Request, Roll, Voter
from governance.rolls.querysets import voter_of


def steps_of(roll: Roll, now: datetime) -> list[dict[str, Any]]:
    """The life of a roll, for `_timeline.html`."""
    until = roll.requests_until
    is_over = until is not None and until <= now
    published = {"label": _("Published"), "moment": roll.published_at}
    requests = {"label": _("Requests until"), "moment": until}
    if until is not None:
        requests["note"] = in_utc(until)
    return [
        {"label": _("Drafted"), "moment": roll.created_at, "state": "done"},
        {**published, "state": "now" if roll.is_draft else "done"},
        {**requests, "state": "done" if is_over else "next" if roll.is_draft else "now"},
        {
            "label": _("Sealed"),
            "moment": roll.sealed_at,
            "state": "done" if roll.is_sealed else "now" if is_over else "next",
        },
    ]


def in_utc(moment: datetime) -> str:
    """A moment as it is the same everywhere."""
    return f"{date_format(moment.astimezone(UTC), 'DATETIME_FORMAT')} UTC"


def period_of(roll: Roll) -> tuple[date, date] | None:
    """The first and the last day that the criteria count; None where they count nothing."""
    days = longest_window(roll.criteria.document)
    if days is None:
        return None
    return window(days, roll.on)[0], roll.on - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands: by the criteria, on the roll, and what they asked for."""

    clauses: ClauseCard
    row: Voter | None  # the one that stands
    removed: Voter | None  # or one that stood
    requests: list[Request]

    @property
    def has_asked(self) -> bool:
        """Whether a request to be put on the roll waits."""
        return any(one.is_open and one.kind == Request.Kind.INCLUDE for one in self.requests)

    @property
    def meets(self) -> bool:
        return self.clauses.holds


def standing_of(roll: Roll, person: Person, reader: Person) -> Standing:
    """As the reader may know it."""
    found = explain(roll.criteria.document, person, roll.on)
    row = voter_of(roll, person)
    removed = None if row else roll.voters.exclude(removed_at=None).of_person(person).first()
    mine = roll.requests.of_person(person).prefetch_related("decisions").select_related("roll")
    return Standing(cards_of(found, reader), row, removed, list(mine))
