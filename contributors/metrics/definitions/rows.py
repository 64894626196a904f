"""What the definitions take and give: plain rows in, one result out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, wraps
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
    others: tuple[int, ...] = ()  # where else the person worked on that day


class Commit(NamedTuple):
    """`times` commits of one author on one day; lines of vendored files stand apart.

    `is_request` says that the lines are those of a merged change request, which
    serve only where no commits of the repository are read. None: not known.
    """

    author: int | None
    day: date  # on which it was written
    times: int = 1
    added: int | None = None
    removed: int | None = None
    vendored: int = 0  # lines of vendored or generated files
    committed_on: date | None = None
    is_merge: bool = False
    is_empty: bool = False
    is_source: bool = True
    is_bot: bool = False
    is_request: bool = False
    repository: int = 0


class Reply(NamedTuple):
    """What somebody said on an issue or change request; `is_maintainer` as of that day."""

    at: datetime
    person: int | None
    kind: str = "comment"  # or "review"
    outcome: str = ""  # approved, changes_requested, commented, ...
    is_bot: bool = False
    is_maintainer: bool = False
    is_pending: bool = False  # begun, and visible to nobody but its author


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
    repository: int = 0
    labels: tuple[str, ...] = ()
    # Earlier closes, each with the reopening that voided it, the first first.
    reopenings: tuple[tuple[datetime, datetime], ...] = ()
    ready_at: datetime | None = None  # when a draft was made ready for review
    # A commit that names it reached the default branch; of an issue: its fix was merged.
    landed_at: datetime | None = None
    is_superseded: bool = False  # another change request took its place
    replies: tuple[Reply, ...] = ()
    commits: tuple[Commit, ...] = ()
    helpers: frozenset[int] = frozenset()  # named as co-authors of those commits

    @property
    def ended_at(self) -> datetime | None:
        """The last close, a merge being one."""
        return self.closed_at or self.merged_at

    @property
    def first_closed_at(self) -> datetime | None:
        return self.reopenings[0][0] if self.reopenings else self.ended_at

    def is_open_at(self, moment: datetime) -> bool:
        """Whether it was open then, as far as closes and reopenings are known."""
        if moment < self.opened_at:
            return False
        if self.reopenings and any(c <= moment < r for c, r in self.reopenings):
            return False
        ended = self.closed_at or self.merged_at
        return ended is None or moment < ended


class Touch(NamedTuple):
    """Somebody opened, closed, reopened or spoke on an item on that day."""

    item: int
    day: date
    is_bot: bool = False
    is_deleted: bool = False  # the item is gone at the source


@dataclass(frozen=True, slots=True)
class Period:
    """The UTC days from `start` up to but not including `end`.

    `tracked_from` is the first day of which anything is known, `known_until` the
    day after the last one; None: every day is.
    """

    start: date
    end: date
    tracked_from: date | None = None
    known_until: date | None = None
    # Both as moments: worked out once, asked for with every row.
    starts_at: datetime = field(init=False, repr=False, compare=False)
    ends_at: datetime = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, day in (("starts_at", self.start), ("ends_at", self.end)):
            object.__setattr__(self, name, datetime.combine(day, time.min, UTC))

    @property
    def is_tracked(self) -> bool:
        """Whether anything in it could have been seen."""
        return self.tracked_from is None or self.tracked_from < self.end

    @property
    def before(self) -> "Period":
        """As many calendar months before whole months, else as many days before."""
        start = self.start - (self.end - self.start)
        if self.start.day == self.end.day == 1:
            start = months_after(self.start, -self.months)
        return Period(start, self.start, self.tracked_from, self.known_until)

    @property
    def months(self) -> int:
        """From the month of its beginning to that of its end."""
        return 12 * (self.end.year - self.start.year) + self.end.month - self.start.month

    def has(self, moment: datetime | None) -> bool:
        return moment is not None and self.starts_at <= moment < self.ends_at

    def holds(self, day: date) -> bool:
        return self.start <= day < self.end

    def known_by(self, last: date) -> date:
        """The earlier of a day and the end of what is known."""
        return last if self.known_until is None else min(last, self.known_until)


@lru_cache(maxsize=4096)
def months_after(day: date, count: int) -> date:
    """The same day so many months later or, if negative, earlier; the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    first = date(year, month + 1, 1)
    length = (first + timedelta(days=31)).replace(day=1) - first
    return first.replace(day=min(day.day, length.days))


class Finding(NamedTuple):
    """What a definition found, before unit and version are put to it."""

    value: float | None
    n: int
    missing: float | None
    details: Mapping[str, Any]


class Result(NamedTuple):
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
F = TypeVar("F")
P = ParamSpec("P")
Asked = tuple[Any, ...]  # what is looked for, the first day and that after the last


def defined(
    unit: str, version: int = 1
) -> Callable[
    [Callable[Concatenate[T, Period, P], Finding]], Callable[Concatenate[T, Period, P], Result]
]:
    """Make a definition answer a `Result`, and None for a period before tracking began.

    Units: count, seconds, share (0 to 1), ratio, deviations.
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


class Once(Sequence[T]):
    """Rows that several definitions take, with what was found among them; not to change.

    They are made when a definition looks at them one by one, which none does where all
    that it asks was `found` before.
    """

    __slots__ = ("_given", "_rows", "found")

    def __init__(self, rows: Iterable[T], found: Mapping[Asked, Any] | None = None) -> None:
        self._given, self._rows = rows, None if found else list(rows)
        self.found: dict[Asked, Any] = dict(found or {})

    @property
    def rows(self) -> list[T]:
        if self._rows is None:
            self._rows = list(self._given)
        return self._rows

    @property
    def is_made(self) -> bool:
        return self._rows is not None

    def __iter__(self) -> Iterator[T]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, at: Any) -> Any:
        return self.rows[at]


def found_once(
    find: Callable[Concatenate[Sequence[T], Period, P], F],
) -> Callable[Concatenate[Sequence[T], Period, P], F]:
    """Look among the same rows of a period once, whichever definitions ask."""

    @wraps(find)
    def ask(rows: Sequence[T], period: Period, /, *more: P.args, **options: P.kwargs) -> F:
        if not isinstance(rows, Once) or options:
            return find(rows, period, *more, **options)
        key = (ask, period.start, period.end, *more)
        if key not in rows.found:
            rows.found[key] = find(rows, period, *more, **options)
        found: F = rows.found[key]
        return found

    return ask


def share(part: float, whole: float) -> float | None:
    """A part of a whole, None when there is no whole."""
    return part / whole if whole else None
