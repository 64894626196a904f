"""What the definitions take and give: plain rows in, one result out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

# Where an act's organization is not one: nobody said, or the person is independent.
UNKNOWN = 0
INDEPENDENT = -1

ISSUE = "issue"
CHANGE_REQUEST = "change_request"


class Act(NamedTuple):
    """`times` acts of one kind by one person on one UTC day; person None: no longer known."""

    person: int | None
    kind: str
    day: date
    times: int = 1
    organization: int = UNKNOWN  # at the time of the act
    is_bot: bool = False


class Item(NamedTuple):
    """An issue or change request; `observed_until` is how far its source has been read."""

    kind: str
    opened_at: datetime
    observed_until: datetime
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    reason: str = ""  # completed, not_planned, duplicate, ...
    first_response_at: datetime | None = None  # by a person, not the author
    is_draft: bool = False
    author: int | None = None
    is_bot: bool = False  # opened by one
    is_deleted: bool = False  # gone at the source: unknown, not zero


@dataclass(frozen=True, slots=True)
class Period:
    """The UTC days from `start` up to but not including `end`.

    `tracked_from` is the first day of which anything is known; None: every day is.
    """

    start: date
    end: date
    tracked_from: date | None = None

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.start, time.min, UTC)

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.end, time.min, UTC)

    @property
    def is_tracked(self) -> bool:
        """Whether anything in it could have been seen."""
        return self.tracked_from is None or self.tracked_from < self.end

    def has(self, moment: datetime | None) -> bool:
        return moment is not None and self.starts_at <= moment < self.ends_at


@dataclass(frozen=True, slots=True)
class Finding:
    """What a definition found, before unit and version are put to it."""

    value: float | None
    n: int
    missing: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """A value with its unit, the number of rows behind it, the share of rows
    that lacked what it needs, and the version of its definition.

    A value of None means that there is nothing to say, never zero.
    """

    value: float | None
    unit: str
    n: int
    missing: float | None
    version: int
    details: Mapping[str, Any]


T = TypeVar("T")
P = ParamSpec("P")


def defined(
    unit: str, version: int = 1
) -> Callable[
    [Callable[Concatenate[T, Period, P], Finding]], Callable[Concatenate[T, Period, P], Result]
]:
    """Make a definition answer a `Result`, and None for a period before tracking began.

    Units: count, seconds, share (0 to 1), ratio.
    """

    def wrap(
        find: Callable[Concatenate[T, Period, P], Finding],
    ) -> Callable[Concatenate[T, Period, P], Result]:
        @wraps(find)
        def measure(rows: T, period: Period, /, *more: P.args, **options: P.kwargs) -> Result:
            if not period.is_tracked:
                return Result(None, unit, 0, None, version, {})
            found = find(rows, period, *more, **options)
            return Result(found.value, unit, found.n, found.missing, version, found.details)

        measure.unit = unit  # type: ignore[attr-defined]
        measure.version = version  # type: ignore[attr-defined]
        return measure

    return wrap


def share(part: float, whole: float) -> float | None:
    """A part of a whole, None when there is no whole."""
    return part / whole if whole else None
