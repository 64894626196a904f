"""How much of what GitHub counts is in the ledger, day by day and kind by kind."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_noop as _

from community.lib.refusals import NOTHING, Sentence
from community.people.bulk import among, chunks
from contributors.activity.models import Contribution, WorkItem
from contributors.activity.records import CompletenessRecord, Part
from contributors.activity.tallies import (
    Tally,
    held_by_day,
    held_by_kind,
    recorded_by_day,
    replies_by_item,
)
from integrations.connections.models import MissedDelivery, Source
from integrations.github.lengths import WALKED, left_since

PHASES = {  # as the cursor calls them, as readers know them
    "issues": "issues",
    "issue_comments": "issue_comments",
    "pulls": "change_requests",
    "review_comments": "review_comments",
    "releases": "releases",
    "commits": "commits",
}
HOW = {
    "issue": "listed",
    "change_request": "listed",
    "issue_comment": "counted",
    "review": "counted",
    "commit": "history",
}
# What a list showed was created before it was looked at, by a clock that may be another.
LEEWAY = timedelta(minutes=2)
AT_ONCE = 5_000  # items that are compared together
NAMED = 5  # numbers that a sentence names
UNDATED = {"walked", "history", "numbered"}


@dataclass(frozen=True, slots=True)
class Lack:
    """Something missing: of which kind, on which day as far as that is known, how many, where."""

    kind: str
    day: date | None
    count: int
    numbers: Sequence[int] = ()
    how: str = ""


@dataclass(slots=True)
class Short:
    """What one day lacks of one kind."""

    count: int = 0
    numbers: list[int] = field(default_factory=list)
    how: str = ""


def weigh(source: Source) -> Sequence[CompletenessRecord]:
    """One record per day on which something was done or should have been.

    Received are the rows of the ledger on the day they happened. Missing is
    what GitHub lists or counts beyond them: items it listed, comments and
    reviews it counts for each, numbers where it counts more items than it
    listed, commits of its history, what a list showed while it was read; and
    what the daily counts remember of rows that are gone. What nobody can date
    is put on the day its item was opened, else on the last day.
    """
    held, recorded = held_by_day(source.repository), recorded_by_day(source.repository)
    hows = HOW | {"commit": "listed"} if source.facts.get("commits_by") == "history" else HOW
    gone = list(_gone(held, recorded))
    lacks = [*gone, *_unopened(source, gone), *_beyond(_undated(source, held), gone)]
    lacks += _unheard(source)
    shorts = _placed(lacks, last=_last_day(held, source))
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for day, kind in (*held, *shorts):
        kinds[day].add(kind)
    return [
        _record(
            day, {kind: _part(day, kind, held, shorts, hows) for kind in sorted(kinds[day])}, source
        )
        for day in sorted(kinds)
    ]


def unfinished(source: Source) -> list[str]:
    """Phases whose reading has not come to its end."""
    return [name for phase, name in PHASES.items() if not source.cursor.get(phase, {}).get("done")]


def _part(
    day: str,
    kind: str,
    held: Tally,
    shorts: Mapping[tuple[str, str], Short],
    hows: Mapping[str, str],
) -> Part:
    received, short = held.get((day, kind), 0), shorts.get((day, kind))
    if short is None:
        return Part(received, received, hows.get(kind, "recorded"))
    how = short.how or hows.get(kind, "recorded")
    return Part(received + short.count, received, how, short.numbers)


def _record(day: str, parts: Mapping[str, Part], source: Source) -> CompletenessRecord:
    expected = sum(part.expected for part in parts.values())
    received = sum(part.received for part in parts.values())
    reason = NOTHING
    if received < expected:
        reason = _vanished(parts) or source.problem or _reason(parts)
    return CompletenessRecord(date.fromisoformat(day), expected, received, reason, parts)


def _vanished(parts: Mapping[str, Part]) -> Sentence:
    """That rows were here and are not any more, whatever a run says of itself."""
    gone = [one for one in parts.values() if one.how == "recorded" and one.received < one.expected]
    numbers = sorted({number for part in gone for number in part.lacking})
    if not gone:
        return NOTHING
    if not numbers:
        words = _("Rows that were here are missing; reading everything again brings them back.")
        return Sentence(words)
    words = _(
        "Rows that were here are missing at %(numbers)s; reading everything again brings them back."
    )
    return Sentence(words, {"numbers": _named(numbers)})


def _reason(parts: Mapping[str, Part]) -> Sentence:
    """Why a day is short where no run has stopped."""
    numbers = sorted({number for part in parts.values() for number in part.lacking})
    if len(numbers) > NAMED:
        words = _("GitHub counts more than we received at %(numbers)s and %(more)s others.")
        more = len(numbers) - NAMED
        return Sentence(words, {"numbers": _named(numbers), "more": more})
    if numbers:
        words = _("GitHub counts more than we received at %(numbers)s.")
        return Sentence(words, {"numbers": _named(numbers)})
    undated = [part for part in parts.values() if part.how in UNDATED]
    if count := sum(part.expected - part.received for part in undated):
        words = _("GitHub showed %(count)s more than is here; nobody can tell of which day.")
        return Sentence(words, {"count": count})
    return Sentence(_("Not everything has been read yet."))


def _named(numbers: Sequence[int]) -> str:
    """The first few of some numbers."""
    return ", ".join(f"#{number}" for number in numbers[:NAMED])


def _gone(held: Tally, recorded: Tally) -> Iterator[Lack]:
    """Rows that the daily counts remember and the ledger no longer has."""
    for (day, kind), times in recorded.items():
        if (lost := times - held.get((day, kind), 0)) > 0:
            yield Lack(kind, date.fromisoformat(day), lost, how="recorded")


def _unopened(source: Source, gone: Iterable[Lack]) -> Iterator[Lack]:
    """The numbers of the items of which only the opening is gone."""
    for kind in {lack.kind for lack in gone} & set(WorkItem.Kind.values):
        opening = Contribution.objects.present().filter(work_item=OuterRef("pk"), kind=kind)
        items = WorkItem.objects.present().filter(~Exists(opening), kind=kind)
        rows = items.filter(repository=source.repository).order_by("number")
        for number, opened_at in rows.values_list("number", "opened_at"):
            yield Lack(kind, opened_at.date(), 0, [number])


def _undated(source: Source, held: Tally) -> list[Lack]:
    """What GitHub lists and counts beyond what is held, the most exactly placed first."""
    short = list(_short_items(source))
    for kind, beyond, how in _seen(source, held):
        missing = beyond - sum(lack.count for lack in short if lack.kind == kind)
        if missing > 0:
            short.append(Lack(kind, None, missing, how=how))
    return short


def _seen(source: Source, held: Tally) -> Iterator[tuple[str, int, str]]:
    """By kind how many more the lists and the history showed than are held.

    A list is told as its length and the moment of looking. What came later is
    not in it; what died since still is.
    """
    totals, lists = held_by_kind(held), source.facts.get("lists") or {}
    for phase, kind in WALKED.items():
        if told := lists.get(phase):
            beyond = told["total"] - totals[kind]
            yield kind, beyond + _not_on_list(source, phase, told, beyond), "walked"
    commits = source.facts.get("commits")
    if isinstance(commits, int):
        yield "commit", commits - totals["commit"], "history"


def _not_on_list(source: Source, phase: str, told: Mapping[str, Any], beyond: int) -> int:
    """How many are held that a list was too early to show, less those that died since."""
    at = datetime.fromisoformat(told["at"])
    rows = Contribution.objects.filter(repository=source.repository, kind=WALKED[phase])
    later = rows.present().filter(occurred_at__gt=at + LEEWAY).count()
    if beyond + later <= 0:
        return later
    delivered = source.departures.filter(phase=phase).values("external_id")
    died = rows.filter(deleted_at__gt=at, occurred_at__lte=at + LEEWAY)
    return later - died.exclude(external_id__in=delivered).count() - left_since(source, phase, at)


def _short_items(source: Source) -> Iterator[Lack]:
    """Items listed, with their comments and reviews, against the rows we hold."""
    items = WorkItem.objects.filter(repository=source.repository)
    deleted = dict(items.exclude(deleted_at=None).values_list("number", "deleted_at"))
    rows = source.expected_items.order_by("number")
    short: list[tuple[int, str, int]] = []
    counted_at = source.facts.get("totals_at", "")
    # What died since GitHub counted is in its totals still.
    known = sum(at is not None and at.isoformat() > counted_at for at in deleted.values())
    for chunk in chunks(rows.values_list("number", "comments", "reviews").iterator(), AT_ONCE):
        # What died at GitHub too is no longer expected.
        listed = [row for row in chunk if row[0] not in deleted]
        known += len(listed)
        short += _short_of(items, listed)
    if short:
        days = dict(rows.values_list("number", "opened_on"))
        yield from (Lack(kind, days[one], lost, [one]) for one, kind, lost in short)
    missing = sum((source.facts.get("totals") or {}).values()) - known
    if missing > 0:
        yield from _gaps(dict(rows.values_list("number", "opened_on")), missing)


def _short_of(
    items: QuerySet[WorkItem], listed: Sequence[tuple[int, int | None, int | None]]
) -> Iterator[tuple[int, str, int]]:
    """What lacks of these items (number, comments, reviews): number, kind, how many."""
    numbers = among(number for number, _, _ in listed)
    found = items.filter(deleted_at=None, number__in=numbers)
    held = dict(found.values_list("number", "pk"))
    replies = replies_by_item(held.values())
    for number, comments, reviews in listed:
        pk = held.get(number, 0)
        if not pk:
            yield number, "issue" if reviews is None else "change_request", 1
        if comments and (lost := comments - replies.get((pk, "issue_comment"), 0)) > 0:
            yield number, "issue_comment", lost
        if reviews and (lost := reviews - replies.get((pk, "review"), 0)) > 0:
            yield number, "review", lost


def _gaps(known: Mapping[int, date], missing: int) -> Iterator[Lack]:
    """Where GitHub counts more items than it listed, look for them in the gaps, newest first.

    A gap alone proves nothing: discussions and deleted issues have numbers too.
    """
    day: date | None = None
    for number in range(max(known, default=0), 0, -1):
        if missing <= 0:
            return
        day = known.get(number, day)
        if number not in known:
            yield Lack("issue", day, 1, [number], "numbered")
            missing -= 1
    if missing > 0:
        yield Lack("issue", None, missing, how="numbered")


def _unheard(source: Source) -> Iterator[Lack]:
    """Deliveries that GitHub sent after the last reading and that never came."""
    missed = MissedDelivery.objects.still_missing().filter(
        repository_external_id=source.repository.external_id
    )
    if source.synced_at is not None:  # what came before was read since
        missed = missed.filter(sent_at__gt=source.synced_at)
    for sent_at in missed.values_list("sent_at", flat=True):
        yield Lack("delivery", sent_at.date(), 1, how="deliveries")


def _beyond(undated: Iterable[Lack], gone: Iterable[Lack]) -> Iterator[Lack]:
    """What is missing beyond the rows whose day is known; those take over its numbers."""
    places: defaultdict[str, list[tuple[date, int]]] = defaultdict(list)
    for lack in gone:
        if lack.day:
            places[lack.kind].append((lack.day, lack.count))
    for lack in undated:
        left, open_days = lack.count, sorted(places[lack.kind])
        for day, room in open_days:
            if not left or (lack.day and day < lack.day):
                continue
            taken = min(left, room)
            left -= taken
            places[lack.kind].remove((day, room))
            if room > taken:
                places[lack.kind].append((day, room - taken))
            yield Lack(lack.kind, day, 0, lack.numbers, lack.how)
        if left:
            yield Lack(lack.kind, lack.day, left, lack.numbers, lack.how)


def _placed(lacks: Iterable[Lack], *, last: date) -> dict[tuple[str, str], Short]:
    """What is missing by day and kind."""
    found: defaultdict[tuple[str, str], Short] = defaultdict(Short)
    for lack in lacks:
        short = found[(lack.day or last).isoformat(), lack.kind]
        short.count += lack.count
        short.numbers = sorted({*short.numbers, *lack.numbers})
        short.how = (lack.how if not short.how else short.how) or HOW.get(lack.kind, "")
    return dict(found)


def _last_day(held: Tally, source: Source) -> date:
    days = [day for day, _kind in held]
    return date.fromisoformat(max(days)) if days else source.created_at.date()
