"""How much of what GitHub counts is in the ledger, day by day of opening."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Sum
from django.utils.translation import gettext_noop as _

from community.lib.refusals import NOTHING, Sentence
from community.projects.models import Repository
from contributors.activity.models import Contribution, DayCount, WorkItem
from contributors.activity.records import CompletenessRecord
from integrations.connections.models import Source

Tally = dict[tuple[int, str], int]


@dataclass(slots=True)
class Day:
    """What one day should have and has, and which numbers fall short."""

    expected: int = 0
    received: int = 0
    short: list[int] = field(default_factory=list)
    unseen: int = 0


def weigh(source: Source) -> Sequence[CompletenessRecord]:
    """One record per day on which something was opened.

    Expected are the items GitHub lists, the comments and reviews it counts for
    each, and, where it counts more items than it listed, the gaps in the
    sequence of numbers, and the commits of the history. Line comments have no
    count to compare with; an unfinished phase counts as one missing thing on
    the last day.
    """
    items = list(
        source.expected_items.order_by("number").values_list(
            "number", "opened_on", "comments", "reviews"
        )
    )
    days: defaultdict[date, Day] = defaultdict(Day)
    _weigh_items(days, items, source.repository)
    _weigh_gaps(days, {number: day for number, day, _c, _r in items}, source)
    _weigh_commits(days, source)
    if unfinished := _unfinished(source):
        last = days[max(days, default=source.created_at.date())]
        last.expected += unfinished
        last.unseen += unfinished
    return [
        CompletenessRecord(day, one.expected, one.received, _reason(one, source.problem))
        for day, one in sorted(days.items())
    ]


def _weigh_items(
    days: defaultdict[date, Day],
    items: Iterable[tuple[int, date, int | None, int | None]],
    repository: Repository,
) -> None:
    """Items listed, with their comments and reviews, against the rows we hold."""
    held = dict(WorkItem.objects.filter(repository=repository).values_list("number", "deleted_at"))
    replies = _replies(repository)
    for number, opened_on, comments, reviews in items:
        if held.get(number) is not None:  # deleted at GitHub: no longer expected
            continue
        day = days[opened_on]
        wanted = {"issue_comment": comments or 0, "review": reviews or 0}
        got = {kind: min(count, replies.get((number, kind), 0)) for kind, count in wanted.items()}
        day.expected += 1 + sum(wanted.values())
        day.received += (number in held) + sum(got.values())
        if number not in held or got != wanted:
            day.short.append(number)


def _replies(repository: Repository) -> Tally:
    """Comments and reviews held, per number and kind."""
    acts = Contribution.objects.present().filter(
        repository=repository, kind__in=["issue_comment", "review"], work_item__isnull=False
    )
    counted = acts.values_list("work_item__number", "kind").annotate(count=Count("pk"))
    return {(number, kind): count for number, kind, count in counted.order_by()}


def _weigh_gaps(days: defaultdict[date, Day], known: dict[int, date], source: Source) -> None:
    """Where GitHub counts more items than it listed, look for them in the gaps, newest first.

    A gap alone proves nothing: discussions and deleted issues have numbers too.
    """
    totals = source.facts.get("totals") or {}
    missing = sum(totals.values()) - len(known)
    last = max(known.values(), default=source.created_at.date())
    highest, day = max(known, default=0), last
    places: Counter[date] = Counter()
    for number in range(highest, 0, -1):
        if missing <= 0:
            break
        day = known.get(number, day)
        if number not in known:
            places[day] += 1
            missing -= 1
    if missing > 0:
        places[last] += missing
    for where, count in places.items():
        days[where].expected += count
        days[where].unseen += count


def _weigh_commits(days: defaultdict[date, Day], source: Source) -> None:
    """Commits held, by day; those the history holds beyond them are put on the last day."""
    rows = DayCount.objects.filter(repository=source.repository, kind="commit")
    held = dict(rows.values_list("day").annotate(total=Sum("count")).order_by())
    for day, count in held.items():
        days[day].expected += count
        days[day].received += count
    missing = (source.facts.get("commits") or 0) - sum(held.values())
    if missing > 0:
        last = days[max(days, default=source.created_at.date())]
        last.expected += missing
        last.unseen += missing


def _unfinished(source: Source) -> int:
    """Phases whose first reading has not come to its end."""
    phases = ("issues", "issue_comments", "pulls", "review_comments", "releases", "commits")
    return sum(not source.cursor.get(phase, {}).get("done") for phase in phases)


def _reason(day: Day, problem: Sentence) -> Sentence:
    """Why a day is short, in a sentence."""
    if not day.short and not day.unseen:
        return NOTHING
    if problem:
        return problem
    if day.short:
        numbers = ", ".join(f"#{number}" for number in day.short[:5])
        return Sentence(
            _("GitHub counts more than we received at %(numbers)s."), {"numbers": numbers}
        )
    return Sentence(_("Not everything has been read yet."))
