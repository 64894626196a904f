"""What organizations do here, on their pages: figures, people over time, shares, projects."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import TYPE_CHECKING, Any

from django.db.models import Sum
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from community.people.models import Organization, Person
from community.people.visibility import levels_shown_to
from community.projects.models import Project, Repository
from contributors.metrics.calendar import next_month
from contributors.metrics.cards import FigureCard
from contributors.metrics.charts import Chart, Series
from contributors.metrics.formats import count, share
from contributors.metrics.kept import ORGANIZATIONAL
from contributors.metrics.models import Figure, Scope
from contributors.metrics.periods import Extent
from contributors.metrics.places import COMMUNITY, Place
from contributors.metrics.queries import Monthly, extent_of, last_months, monthly_figures
from contributors.metrics.trends import MONTHS, Board, contributions_chart, over_months

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Viewer = Person | AnonymousUser

LISTED = 8  # projects


@dataclass(frozen=True, slots=True)
class Part:
    """A project with its part of what an organization did; no project: all others."""

    share: float
    text: str
    project: Project | None = None
    others: int = 0


def organization_board(organization: Organization, viewer: "Viewer") -> dict[str, Any] | None:
    """What its people did in the last twelve months; None while nothing is known of anything."""
    place = Place(Scope.ORGANIZATION, organization.pk, name=organization.name)
    extent = extent_of(place)
    if extent is None:
        return None
    months = last_months(extent, MONTHS)
    monthly = monthly_figures(place, months, ORGANIZATIONAL)
    total = monthly_figures(COMMUNITY, months, ["contributions"])
    board = Board(f"organization:{organization.slug}", extent, months, monthly, {})
    parts = parts_of(monthly)
    return {
        "organization": organization,
        "figures": cards(board, total),
        "is_idle": not any(board.values("contributions")),
        "charts": [
            contributions_chart(board),
            share_chart(board, total),
            people_chart(board, members_by_month(organization, months, viewer)),
        ],
        "parts": parts,
        "explore": board.slug,
    }


def cards(board: Board, total: Monthly) -> list[FigureCard]:
    """Contributions, their share of everything, people and commits."""
    mine, people = sum_of(board.values("contributions")), board.values("contributors")
    everything = sum(row.value or 0 for row in total["contributions"].values())
    known = [value for value in people if value is not None]
    factors = [one for one in board.values("contributor_absence_factor") if one is not None]
    label = _("Last 12 months")
    middle = _("In the median month")
    return [
        FigureCard(_("Contributions"), count(mine), note=label),
        FigureCard(
            _("Of all contributions"), share(mine / everything) if everything else None, note=label
        ),
        FigureCard(_("Contributors"), count(median(known)) if known else None, note=middle),
        FigureCard(
            _("Contributor absence factor"),
            count(median(factors)) if factors else None,
            note=middle,
        ),
    ]


def sum_of(values: Sequence[float | None]) -> float:
    return sum(value or 0 for value in values)


def share_chart(board: Board, total: Monthly) -> Chart:
    """The organization's contributions of all, month by month."""
    everything = [total["contributions"].get(month) for month in board.months]
    parts = [
        100 * mine / row.value if row and row.value and mine is not None else None
        for mine, row in zip(board.values("contributions"), everything, strict=True)
    ]
    title = _("Share of all contributions")
    label = pgettext("line of a chart", "Share")
    return over_months(board, "part", title, [Series(label, parts)], unit="%", is_whole=False)


def people_chart(board: Board, members: Sequence[float | None]) -> Chart:
    """Who is affiliated, as far as they show it, and how many people acted."""
    series = [
        Series(pgettext("line of a chart", "Members"), members),
        Series(pgettext("line of a chart", "Active"), board.values("contributors")),
    ]
    title = _("Members, as far as they show it, and people active")
    return over_months(board, "members", title, series, unit=_("people"))


def employer_chart(place: Place, name: str, viewer: "Viewer") -> tuple[Chart, Board] | None:
    """A chart of these pages with what it is drawn from, for the files of its numbers; None
    where the scope has none of that name."""
    extent = extent_of(place)
    if extent is None:
        return None
    months = last_months(extent, MONTHS)
    if name == "sectors" and place.scope == Scope.COMMUNITY:
        return sectors_chart(months, extent)
    if name not in {"part", "members"} or place.scope != Scope.ORGANIZATION:
        return None
    organization = Organization.objects.get(pk=place.pk)
    monthly = monthly_figures(place, months, ORGANIZATIONAL)
    board = Board(f"organization:{organization.slug}", extent, months, monthly, {})
    if name == "part":
        return share_chart(board, monthly_figures(COMMUNITY, months, ["contributions"])), board
    return people_chart(board, members_by_month(organization, months, viewer)), board


def members_by_month(
    organization: Organization, months: Sequence[date], viewer: "Viewer"
) -> list[float | None]:
    """People affiliated on any day of each month, of those who show it to this reader."""
    people = Person.objects.present().human().showing("affiliations", levels_shown_to(viewer))
    spans = organization.affiliations.filter(person__in=people).values_list(
        "person", "starts_on", "ends_on"
    )
    found = list(spans.order_by())
    return [
        len(
            {
                person
                for person, start, end in found
                if (start is None or start < next_month(month)) and (end is None or end > month)
            }
        )
        for month in months
    ]


def parts_of(monthly: Monthly) -> list[Part]:
    """The projects in which most was done, then all others together."""
    acts: Counter[int] = Counter()
    for row in monthly["contributions"].values():
        for pk, times in row.details.get("repositories", {}).items():
            acts[int(pk)] += times
    owners = dict(Repository.objects.filter(pk__in=acts).values_list("pk", "project"))
    times_in: Counter[int] = Counter()
    for pk, times in acts.items():
        if pk in owners:
            times_in[owners[pk]] += times
    total = times_in.total()
    ranked = sorted(times_in.items(), key=lambda pair: (-pair[1], pair[0]))
    projects = Project.objects.in_bulk([pk for pk, _times in ranked[:LISTED]])
    shown = [
        Part(times / total, share(times / total), projects[pk]) for pk, times in ranked[:LISTED]
    ]
    rest = ranked[LISTED:]
    if rest:
        part = sum(times for _pk, times in rest) / total
        shown.append(Part(part, share(part), others=len(rest)))
    return shown


def sectors_board() -> dict[str, Any] | None:
    """For whom the work of the last twelve months was done; None while nothing is known."""
    extent = extent_of(COMMUNITY)
    if extent is None:
        return None
    return {"chart": sectors_chart(last_months(extent, MONTHS), extent)[0]}


def sectors_chart(months: Sequence[date], extent: Extent) -> tuple[Chart, Board]:
    """Companies, other organizations, independent people and unknown employers, by month."""
    monthly = monthly_figures(COMMUNITY, months, ["elephant_factor", "contributions"])
    board = Board("community", extent, months, monthly, {})
    companies = by_companies(months)
    rows = [sectors_of(monthly["elephant_factor"].get(month), companies) for month in months]
    labels = (
        _("Companies"),
        _("Universities, foundations, public bodies"),
        _("Independent people"),
        _("Employer unknown"),
    )
    series = [Series(label, [row[at] for row in rows]) for at, label in enumerate(labels)]
    title = _("Whom people worked for, by their share of all contributions")
    return over_months(board, "sectors", title, series, unit="%", is_stacked=True), board


def by_companies(months: Sequence[date]) -> Mapping[date, float]:
    """How much people of companies did in each month."""
    companies = Organization.objects.filter(kind=Organization.Kind.COMPANY).values("pk")
    rows = Figure.objects.filter(
        scope=Scope.ORGANIZATION,
        scope_id__in=companies,
        metric="contributions",
        month__range=(months[0], months[-1]),
    )
    return dict(
        rows.order_by().values("month").annotate(Sum("value")).values_list("month", "value__sum")
    )


def sectors_of(row: Figure | None, companies: Mapping[date, float]) -> list[float | None]:
    """Percent by companies, by other organizations, by independent people, by nobody knows whom."""
    total = row.details.get("total") if row else None
    if row is None or not total:
        return [None] * 4
    company = companies.get(row.month, 0) / total
    affiliated, independent, unknown = (
        row.details.get(name) or 0 for name in ("affiliated", "independent", "unknown")
    )
    parts = [round(100 * part, 1) for part in (company, affiliated - company, independent, unknown)]
    # What rounding adds or takes belongs to the largest, so that all are 100.
    parts[parts.index(max(parts))] += round(100 - sum(parts), 1)
    return [max(round(part, 1), 0) for part in parts]


def organization_panel(
    organization: Organization, request: HttpRequest
) -> Mapping[str, Any] | None:
    return organization_board(organization, request.user)


def sectors_panel(_subject: object, _request: HttpRequest) -> Mapping[str, Any] | None:
    return sectors_board()
