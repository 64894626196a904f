"""Answers to questions, from finished figures alone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from community.projects.models import Project, Repository
from contributors.activity.models import Completeness
from contributors.activity.standing import MOST
from contributors.metrics.ledger import first_of_month
from contributors.metrics.models import Figure, Scope
from contributors.metrics.periods import Extent
from contributors.metrics.queries import monthly_figures, repositories_of
from contributors.metrics.questions import Question, shifted
from contributors.metrics.registry import Metric
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


class Summary(NamedTuple):
    """Months taken together: their sum where they add up, else the median month."""

    value: float | None
    is_sum: bool
    known: int  # months that have a value


@dataclass(frozen=True, slots=True)
class Member:
    """A project or repository of the scope with its figures."""

    slug: str  # in addresses: project:atlas, repository:7
    name: str
    figures: Mapping[date, Figure]

    def values(self, months: Sequence[date]) -> list[float | None]:
        return values_of(self.figures, months)


@dataclass(frozen=True, slots=True)
class Answer:
    """The figures a question asks for, month by month, and of the months to compare with."""

    question: Question
    figures: Mapping[date, Figure]
    gap: Gap | None
    members: Sequence[Member] = ()

    def values(self, months: Sequence[date] | None = None) -> list[float | None]:
        return values_of(self.figures, months or self.question.months)

    @property
    def shown(self) -> list[Figure]:
        """The figures of the months asked for."""
        months = self.question.months
        return [self.figures[month] for month in months if month in self.figures]

    @property
    def summary(self) -> Summary:
        return summed(self.question.metric, self.values())

    def against(self, earlier: Sequence[date]) -> tuple[float | None, float | None, int]:
        """Like with like: the months that are over and known in both periods, and how many."""
        pairs = [
            (now, then)
            for month, now, then in zip(
                self.question.months, self.values(), self.values(earlier), strict=True
            )
            if now is not None and then is not None and is_over(month, self.question.extent)
        ]
        if not pairs:
            return None, None, 0
        now, then = (
            summed(self.question.metric, list(side)).value for side in zip(*pairs, strict=True)
        )
        return now, then, len(pairs)


def values_of(figures: Mapping[date, Figure], months: Sequence[date]) -> list[float | None]:
    return [found.value if (found := figures.get(month)) else None for month in months]


def is_over(month: date, extent: Extent | None) -> bool:
    """Whether the whole month is known."""
    return extent is not None and shifted(month, 1) <= extent.end


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
    months = sorted({*question.months, *question.before, *question.year_ago})
    figures = monthly_figures(question.place, months, [key])[key]
    gap = gap_of(question.place, question.window, viewer, timezone.now())
    return Answer(question, figures, gap, members(question, viewer))


def members(question: Question, viewer: "Viewer") -> list[Member]:
    """The projects or repositories of the scope, those with the most rows first."""
    if question.group not in {Scope.PROJECT.value, Scope.REPOSITORY.value}:
        return []
    names = named(question, viewer)
    found: defaultdict[int, dict[date, Figure]] = defaultdict(dict)
    rows = Figure.objects.filter(
        scope=question.group,
        scope_id__in=list(names),
        metric=question.metric.key,
        month__gte=question.months[0],
        month__lte=question.months[-1],
    ).defer("details")
    for row in rows:
        found[row.scope_id][row.month] = row
    ranked = sorted(found.items(), key=lambda pair: -sum(row.n for row in pair[1].values()))
    return [Member(*names[pk], figures) for pk, figures in ranked]


def named(question: Question, viewer: "Viewer") -> dict[int, tuple[str, str]]:
    """Id to slug and name of what the reader may know of in this scope."""
    if question.group == Scope.PROJECT:
        projects = Project.objects.order_by("name").values_list("pk", "slug", "name")
        return {pk: (f"project:{slug}", name) for pk, slug, name in projects}
    repositories = Repository.objects.shown_to(viewer).order_by("name")
    if question.place.scope == Scope.PROJECT:
        repositories = repositories.filter(project=question.place.pk)
    rows = repositories.values_list("pk", "name")
    return {pk: (f"repository:{pk}", name) for pk, name in rows}


def shares_of(figures: Sequence[Figure], gap: Gap | None) -> Shares:
    """How complete each figure is; less than everything while anything is open."""
    if gap is None:
        return {(one.scope, one.scope_id, one.month): one.completeness for one in figures}
    weights = weights_of(figures, timezone.now())
    keys = [(one.scope, one.scope_id, one.month) for one in figures]
    return {
        key: capped(one.completeness, weights[key]) for key, one in zip(keys, figures, strict=True)
    }


def shares_of_months(found: Answer) -> Shares:
    """The same for one scope, weighing anew only the months in which days lack something."""
    gap, question = found.gap, found.question
    if gap is None:
        return shares_of(found.shown, None)
    start, end = question.window.start, question.window.end
    lacking = Completeness.objects.lacking().within(start, end).order_by()
    days = lacking.filter(repository__in=repositories_of(question.place)).values_list("day")
    short = {first_of_month(day) for (day,) in days.distinct()}
    weighed = shares_of([one for one in found.shown if one.month in short], gap)
    stored = shares_of([one for one in found.shown if one.month not in short], None)
    return {**{key: open_share(share, key[2], gap) for key, share in stored.items()}, **weighed}


def open_share(share: float | None, month: date, gap: Gap) -> float | None:
    """A finished share, below everything where something that is open bears on its month."""
    is_open = any(one.concerns(shifted(month, 1)) for one in gap.weight.reasons)
    return min(share, MOST) if share is not None and (is_open or gap.weight.is_capped) else share


class Row(NamedTuple):
    """One figure of an answer as programs read it."""

    month: date
    group: str
    value: float | None
    n: int | None
    missing: float | None
    completeness: float | None
    version: int | None


def rows_of(found: Answer) -> list[Row]:
    """Every figure of an answer; months of which nothing is known stand there without a value."""
    question = found.question
    if found.members:
        figures = [
            (member.slug, member.figures[month])
            for month in question.months
            for member in found.members
            if month in member.figures
        ]
        shares = shares_of([figure for _slug, figure in figures], found.gap)
        return [row(figure, shares, slug, figure.value, figure.n) for slug, figure in figures]
    shares = shares_of(found.shown, found.gap)
    if question.group == "kind":
        return [
            row(figure, shares, kind, times, times)
            for figure in found.shown
            for kind, times in figure.details.get("kinds", {}).items()
        ]
    return [
        row(figure, shares, "", figure.value, figure.n)
        if (figure := found.figures.get(month))
        else Row(month, "", None, None, None, None, None)
        for month in question.months
    ]


def row(figure: Figure, shares: Shares, group: str, value: float | None, n: int) -> Row:
    share = shares[figure.scope, figure.scope_id, figure.month]
    return Row(figure.month, group, value, n, figure.missing, share, figure.version)
