"""Answers to questions: finished figures of months, computed ones of weeks, quarters, years."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from community.people.models import Organization
from community.projects.models import Project, Repository
from contributors.activity.models import Completeness
from contributors.activity.standing import MOST
from contributors.metrics.calendar import first_of_month
from contributors.metrics.models import Figure, Scope
from contributors.metrics.periods import Extent
from contributors.metrics.places import Place, repositories_of
from contributors.metrics.queries import fill_in
from contributors.metrics.questions import Question
from contributors.metrics.registry import Metric
from contributors.metrics.stepping import figures_of, stepped
from contributors.metrics.steps import MONTH, Step
from contributors.metrics.wholeness import Gap, capped, gap_of, weights_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.people.models import Person

    Viewer = Person | AnonymousUser

Shares = Mapping[tuple[str, int, date], float | None]
# What each act or item adds to in one month only, so that months add up to a period.
ADDITIVE = frozenset(
    {
        "contributions",
        "new_contributors",
        "issues_new",
        "issues_closed",
        "change_requests",
        "change_requests_accepted",
        "change_requests_declined",
        "code_changes_commits",
        "code_changes_lines",
    }
)


# What a scope is parted into where each part has figures of its own.
PARTS = frozenset({"project", "repository", "organization"})


class Summary(NamedTuple):
    """Steps taken together: their sum where they add up, else the median of them."""

    value: float | None
    is_sum: bool
    known: int  # steps that have a value


@dataclass(frozen=True, slots=True)
class Member:
    """A project, repository or organization of the scope with its figures."""

    slug: str  # in addresses: project:atlas, repository:7, organization:acme
    name: str
    figures: Mapping[date, Figure]

    def values(self, months: Sequence[date]) -> list[float | None]:
        return values_of(self.figures, months)


@dataclass(frozen=True, slots=True)
class Answer:
    """The figures a question asks for, step by step, and of the steps to compare with."""

    question: Question
    figures: Mapping[date, Figure]
    gap: Gap | None
    members: Sequence[Member] = ()

    def values(self, starts: Sequence[date] | None = None) -> list[float | None]:
        return values_of(self.figures, starts or self.question.starts)

    @property
    def shown(self) -> list[Figure]:
        """The figures of the steps asked for."""
        starts = self.question.starts
        return [self.figures[start] for start in starts if start in self.figures]

    @property
    def summary(self) -> Summary:
        return summed(self.question.metric, self.values())

    def against(self, earlier: Sequence[date]) -> tuple[float | None, float | None, int]:
        """Like with like: the steps that are over and known in both periods, and how many."""
        question = self.question
        pairs = [
            (now, then)
            for start, long_ago, now, then in zip(
                question.starts, earlier, self.values(), self.values(earlier), strict=True
            )
            if now is not None
            and then is not None
            and is_over(start, question.extent, question.step)
            and is_whole(long_ago, question.extent)
        ]
        if not pairs:
            return None, None, 0
        now, then = (
            summed(self.question.metric, list(side)).value for side in zip(*pairs, strict=True)
        )
        return now, then, len(pairs)


def values_of(figures: Mapping[date, Figure], months: Sequence[date]) -> list[float | None]:
    return [found.value if (found := figures.get(month)) else None for month in months]


def is_over(start: date, extent: Extent | None, step: Step = MONTH) -> bool:
    """Whether the whole of it is known up to its end."""
    return extent is not None and step.shifted(start, 1) <= extent.end


def is_whole(start: date, extent: Extent | None) -> bool:
    """Whether it is known from its beginning."""
    return extent is not None and extent.start <= start


def summed(metric: Metric, values: Sequence[float | None]) -> Summary:
    """Months taken together; None where no month says anything."""
    known = [value for value in values if value is not None]
    is_sum = metric.key in ADDITIVE
    if not known:
        return Summary(None, is_sum, 0)
    return Summary(sum(known) if is_sum else median(known), is_sum, len(known))


def answer(question: Question, viewer: "Viewer") -> Answer:
    """What the figures say, and why they are not complete."""
    key = question.metric.key
    starts = sorted({*question.starts, *question.before, *question.year_ago})
    more = (question.step, starts, question.extent)
    figures = figures_of(question.place, [question.metric], *more).get(key, {})
    gap = gap_of(question.place, question.window, viewer, timezone.now())
    return Answer(question, figures, gap, members(question, viewer))


def members(question: Question, viewer: "Viewer") -> list[Member]:
    """The parts of the scope, those with the most rows first."""
    if question.group not in PARTS:
        return []
    names = named(question, viewer)
    if question.step is not MONTH:
        return ranked(stepped_members(question, list(names)), names)
    found: defaultdict[int, dict[date, Figure]] = defaultdict(dict)
    rows = Figure.objects.filter(
        scope=question.group,
        scope_id__in=list(names),
        metric=question.metric.key,
        month__gte=question.starts[0],
        month__lte=question.starts[-1],
    ).defer("details")
    for row in rows:
        found[row.scope_id][row.month] = row
    if question.group == Scope.ORGANIZATION:
        fill_members(question, found)
    return ranked(found, names)


def ranked(
    found: Mapping[int, Mapping[date, Figure]], names: Mapping[int, tuple[str, str]]
) -> list[Member]:
    pairs = sorted(found.items(), key=lambda pair: -sum(row.n for row in pair[1].values()))
    return [Member(*names[pk], figures) for pk, figures in pairs]


def stepped_members(question: Question, ids: Sequence[int]) -> dict[int, Mapping[date, Figure]]:
    """The computed figures of the parts of which anything is known."""
    places = {pk: Place(Scope(question.group), pk) for pk in ids}
    more = ([question.metric], question.step, question.starts, question.extent)
    found = stepped(list(places.values()), *more)
    figures = {pk: found[place].get(question.metric.key, {}) for pk, place in places.items()}
    return {pk: rows for pk, rows in figures.items() if rows}


def fill_members(question: Question, found: Mapping[int, dict[date, Figure]]) -> None:
    """Months in which organizations did nothing are zero."""
    key = question.metric.key
    wrapped = {pk: defaultdict(dict, {key: figures}) for pk, figures in found.items()}
    fill_in(wrapped, question.starts, [key])


def named(question: Question, viewer: "Viewer") -> dict[int, tuple[str, str]]:
    """Id to slug and name of what the reader may know of in this scope."""
    if question.group == Scope.PROJECT:
        projects = Project.objects.order_by("name").values_list("pk", "slug", "name")
        return {pk: (f"project:{slug}", name) for pk, slug, name in projects}
    if question.group == Scope.ORGANIZATION:
        employers = Organization.objects.order_by("name").values_list("pk", "slug", "name")
        return {pk: (f"organization:{slug}", name) for pk, slug, name in employers}
    repositories = Repository.objects.shown_to(viewer).order_by("name")
    if question.place.scope == Scope.PROJECT:
        repositories = repositories.filter(project=question.place.pk)
    rows = repositories.values_list("pk", "name")
    return {pk: (f"repository:{pk}", name) for pk, name in rows}


def shares_of(figures: Sequence[Figure], gap: Gap | None, step: Step = MONTH) -> Shares:
    """How complete each figure is; less than everything while anything is open."""
    keys = [(one.scope, one.scope_id, one.month) for one in figures]
    if gap is None:
        return {key: one.completeness for key, one in zip(keys, figures, strict=True)}
    if step is not MONTH:
        return stepped_shares(figures, gap, step)
    weights = weights_of(figures, timezone.now())
    return {
        key: capped(one.completeness, weights[key]) for key, one in zip(keys, figures, strict=True)
    }


def stepped_shares(figures: Sequence[Figure], gap: Gap, step: Step) -> Shares:
    """Shares of what was computed, which may be older than what is known to lack by now."""
    if not figures:
        return {}
    starts = [one.month for one in figures]
    days = (min(starts), step.shifted(max(starts), 1))
    rows = Completeness.objects.lacking().within(*days).order_by()
    lacking = {
        key
        for pk, project, day in rows.values_list("repository", "repository__project", "day")
        for key in (
            *(("repository", pk, step.first(day)), ("project", project, step.first(day))),
            step.first(day),
        )
    }
    found = {}
    for one in figures:
        key = (one.scope, one.scope_id, one.month)
        share = open_share(one.completeness, step.shifted(one.month, 1), gap)
        is_part = one.scope in {"project", "repository"}
        is_short = (key if is_part else one.month) in lacking
        found[key] = min(share, MOST) if share is not None and is_short else share
    return found


def shares_of_steps(found: Answer) -> Shares:
    """The same for one scope, weighing anew only the months in which days lack something."""
    gap, question = found.gap, found.question
    if gap is None or question.step is not MONTH:
        return shares_of(found.shown, gap, question.step)
    start, end = question.window.start, question.window.end
    lacking = Completeness.objects.lacking().within(start, end).order_by()
    days = lacking.filter(repository__in=repositories_of(question.place)).values_list("day")
    short = {first_of_month(day) for (day,) in days.distinct()}
    weighed = shares_of([one for one in found.shown if one.month in short], gap)
    stored = shares_of([one for one in found.shown if one.month not in short], None)
    ends = {key: MONTH.shifted(key[2], 1) for key in stored}
    return {**{key: open_share(stored[key], ends[key], gap) for key in stored}, **weighed}


def open_share(share: float | None, end: date, gap: Gap) -> float | None:
    """A finished share, below everything where something that is open bears on its days."""
    is_open = any(one.concerns(end) for one in gap.weight.reasons)
    return min(share, MOST) if share is not None and (is_open or gap.weight.is_capped) else share


class Row(NamedTuple):
    """One figure of an answer as programs read it."""

    period: str  # 2026-W12, 2026-03, 2026-Q1 or 2026
    start: date
    group: str
    value: float | None
    n: int | None
    missing: float | None
    completeness: float | None
    version: int | None


def rows_of(found: Answer) -> list[Row]:
    """Every figure of an answer; what nothing is known of stands there without a value."""
    question, step = found.question, found.question.step
    if found.members:
        figures = [
            (member.slug, member.figures[start])
            for start in question.starts
            for member in found.members
            if start in member.figures
        ]
        shares = shares_of([figure for _slug, figure in figures], found.gap, step)
        return [row(step, figure, shares, slug, figure.value, figure.n) for slug, figure in figures]
    shares = shares_of(found.shown, found.gap, step)
    if question.group == "kind":
        return [
            row(step, figure, shares, kind, times, times)
            for figure in found.shown
            for kind, times in figure.details.get("kinds", {}).items()
        ]
    return [
        row(step, figure, shares, "", figure.value, figure.n)
        if (figure := found.figures.get(start))
        else Row(step.code(start), start, "", None, None, None, None, None)
        for start in question.starts
    ]


def row(step: Step, figure: Figure, shares: Shares, group: str, value: float | None, n: int) -> Row:
    share = shares[figure.scope, figure.scope_id, figure.month]
    told = (group, value, n, figure.missing, share, figure.version)
    return Row(step.code(figure.month), figure.month, *told)
