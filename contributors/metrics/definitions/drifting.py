"""Who does less than they used to, measured by their own pattern and nobody else's.

CHAOSS, Inactive Contributors
(https://chaoss.community/kb/metric-inactive-contributors/), counts whoever was not
seen for an interval that is the same for all. The rest is our own decision:

- A month counts once it is over, from the person's first active month on and for at
  most 27 months back. One of which announced leave covers half or more is left out.
- `usual` is the median of the active months before the last three. There is one only
  after six months, if the person was active in at least half of them, and from four
  contributions on: who comes now and then has no pattern to fall below.
- A month is quiet below 40 % of `usual`. A month as quiet as it was a year before, with
  a month in between that was not, is a pause of the season: it is passed over, and the
  month before takes its place.
- `recent` is the mean of the last three months that are left. The person drifts away
  when it is below 40 % of `usual` and the last of them is quiet itself.
- Whoever has already reached 40 % of `usual` in the month that still runs is back.
- `since` is the first day of the unbroken quiet months at the end. After twelve of them
  the person is gone rather than drifting, and is no longer named.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from statistics import fmean, median

VERSION = 1
MEMORY = 27  # months that are looked at, the recent ones among them
RECENT = 3
HISTORY = 6
FLOOR = 4
FALL = 0.4
LONGEST = 12
RETURN_DAYS = 30
YEAR = 12

STOPPED, FELL = "stopped", "fell"

# From the first day up to but not including the second; None: nobody knows until when.
Span = tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class Fall:
    """How far somebody is below their usual contributions a month, and since when.

    `reason` is `stopped` where nothing came in the recent months, else `fell`.
    """

    usual: float
    recent: float
    since: date
    quiet_months: int
    reason: str
    version: int = VERSION

    @property
    def below(self) -> float:
        """The share of the usual that is missing: 1 for nothing at all."""
        return 1 - self.recent / self.usual


def fall_of(counts: Mapping[date, int], *, until: date, leaves: Sequence[Span] = ()) -> Fall | None:
    """Whether somebody's contributions fell below their own pattern; None where they did not.

    `counts` holds contributions by the first day of the month, `until` is the day after
    the last one known. None also without enough history, and while leave lasts.
    """
    known = {number_of(month): times for month, times in counts.items() if times > 0}
    now = number_of(until)
    if not known or any(covers(leave, until) for leave in leaves):
        return None
    first = max(min(known), now - MEMORY)
    months = [one for one in range(first, now) if not is_away(one, leaves)]
    usual = usual_of([known.get(one, 0) for one in months[:-RECENT]])
    if usual is None or known.get(now, 0) >= FALL * usual:
        return None
    quiet = {one for one in range(first, now) if known.get(one, 0) < FALL * usual}
    judged = [one for one in months if not is_pause(one, quiet)]
    recent = fmean(known.get(one, 0) for one in judged[-RECENT:]) if judged else usual
    run = quiet_end(judged, quiet)
    if recent >= FALL * usual or not 0 < len(run) <= LONGEST:
        return None
    return Fall(usual, recent, day_of(run[0]), len(run), FELL if recent else STOPPED)


def usual_of(history: Sequence[int]) -> float | None:
    """The median of the active months; None where there is no pattern."""
    active = [times for times in history if times]
    if len(history) < HISTORY or 2 * len(active) < len(history):
        return None
    usual = float(median(active))
    return usual if usual >= FLOOR else None


def is_pause(month: int, quiet: set[int]) -> bool:
    """Whether a month is quiet as it was a year before, and the person was there in between."""
    between = range(month - YEAR + 1, month)
    return month in quiet and month - YEAR in quiet and any(one not in quiet for one in between)


def quiet_end(months: Sequence[int], quiet: set[int]) -> list[int]:
    """The quiet months at the end, the first of them first."""
    found: list[int] = []
    for one in reversed(months):
        if one not in quiet:
            break
        found.append(one)
    return found[::-1]


def enough(usual: float) -> int:
    """How many contributions within 30 days make somebody active again: 40 % of a usual month."""
    return max(1, ceil(FALL * usual))


def returned_on(days: Mapping[date, int], *, after: date, wanted: int) -> date | None:
    """The first day after `after` on which the last 30 days since then hold so many contributions.

    None while there is no such day.
    """
    later = sorted(day for day, times in days.items() if day > after and times > 0)
    for day in later:
        start = day - timedelta(days=RETURN_DAYS)
        if sum(days[one] for one in later if start < one <= day) >= wanted:
            return day
    return None


def number_of(day: date) -> int:
    """Months since year 0, so that they can be counted."""
    return day.year * YEAR + day.month - 1


def day_of(number: int) -> date:
    """The first day of a month."""
    return date(number // YEAR, number % YEAR + 1, 1)


def covers(leave: Span, day: date) -> bool:
    """Whether the leave lasts on this day."""
    starts, ends = leave
    return starts <= day and (ends is None or day < ends)


def is_away(month: int, leaves: Iterable[Span]) -> bool:
    """Whether announced leave covers half of the month or more."""
    start, end = day_of(month), day_of(month + 1)
    days = [start + timedelta(days=offset) for offset in range((end - start).days)]
    spans = [leave for leave in leaves if leave[0] < end]
    away = sum(1 for day in days if any(covers(leave, day) for leave in spans))
    return 2 * away >= len(days)
