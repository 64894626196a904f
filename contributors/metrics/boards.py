"""What a dashboard shows, put together for one reader."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.people.models import Organization, Person
from community.people.visibility import may_see
from contributors.activity.models import Contribution
from contributors.metrics.cards import FigureCard, address, card, rows_url
from contributors.metrics.charts import Chart
from contributors.metrics.formats import count, month_name, share
from contributors.metrics.models import Figure, Scope
from contributors.metrics.periods import Extent, Window, window_of
from contributors.metrics.queries import (
    COMMUNITY,
    Measure,
    Place,
    extent_of,
    last_months,
    latest_acts,
    measures,
    monthly_figures,
    organizations_named,
    people_named,
    projects_with_activity,
    waiting_items,
)
from contributors.metrics.rollups import RECENT_DAYS
from contributors.metrics.trends import CHARTS, MONTHS, Board
from contributors.metrics.wholeness import gap_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Viewer = Person | AnonymousUser

LISTED = 6  # people or organizations that a list names
WAITING = 5
LATEST = 6
MAIN = (
    "contributions",
    "contributors",
    "new_contributors",
    "issues_new",
    "issues_closed",
    "change_requests",
    "change_requests_accepted",
    "time_to_first_response",
)
MORE = ("change_request_duration", "acceptance_ratio", "change_requests_declined", "bot_share")
# What the cards and charts of a page draw month by month; the other figures are not read.
TREND_KEYS = (*MAIN, *MORE)


@dataclass(frozen=True, slots=True)
class Carrier:
    """A person or organization with its part of the work; nobody named: a group."""

    share: float
    text: str
    label: str = ""
    person: Person | None = None
    organization: Organization | None = None
    url: str = ""


def board_of(place: Place, slug: str, window: Window, extent: Extent, viewer: "Viewer") -> Board:
    """The figures of a scope for a period and for the last twelve months."""
    months = last_months(extent, MONTHS)
    monthly = monthly_figures(place, months, TREND_KEYS)
    found = measures(place, window)
    gap = gap_of(place, window, viewer, timezone.now())
    return Board(slug, extent, months, monthly, found, gap, window.choice)


def cards_of(board: Board, keys: Iterable[str], place: Place, window: Window) -> list[FigureCard]:
    return [card(key, board, place, window) for key in keys if key in board.measures]


def charts_of(board: Board, *names: str) -> list[Chart]:
    return [CHARTS[name](board) for name in names]


def shows(viewer: "Viewer", person: Person) -> bool:
    """Whether the person shows this reader what they do."""
    return may_see(viewer, person, "activity")


def carriers(
    found: Measure, people: Mapping[int, Person], viewer: "Viewer", place: Place, window: Window
) -> list[Carrier]:
    """The people without whom half would not have been done, as far as they show it."""
    total = found.details.get("total") or 1
    shown, hidden = [], 0
    for pk, times in found.details.get("people", [])[:LISTED]:
        person = people.get(pk)
        if person is None or not shows(viewer, person):
            hidden += times
            continue
        url = rows_url("contributions", Place(Scope.PERSON, pk, handle=person.handle), window)
        if place.project and url:
            url += f"&project={place.project}"
        shown.append(Carrier(times / total, share(times / total), person=person, url=url))
    if hidden:
        label = _("People who do not show their activity")
        shown.append(Carrier(hidden / total, share(hidden / total), label))
    rest = found.details.get("people", [])[LISTED:]
    if rest:
        words = ngettext("%(count)s more person", "%(count)s more people", len(rest))
        times = sum(pair[1] for pair in rest)
        shown.append(Carrier(times / total, share(times / total), words % {"count": len(rest)}))
    return shown


def employers(found: Measure, named: Mapping[int, Organization]) -> list[Carrier]:
    """Organizations by their part, then the independent and the unknown, each apart."""
    details = found.details
    total = details.get("total") or 1
    rows = details.get("organizations", [])
    shown = [
        Carrier(times / total, share(times / total), organization=named[pk])
        for pk, times in rows[:LISTED]
        if pk in named
    ]
    rest = sum(times for _pk, times in rows[LISTED:])
    others = (
        (rest / total, _("Other organizations")),
        (details.get("independent") or 0, _("Independent people")),
        (details.get("unknown") or 0, _("Employer unknown")),
    )
    shown.extend(Carrier(part, share(part), label) for part, label in others if part)
    return shown


def standing(board: Board, viewer: "Viewer", place: Place, window: Window) -> dict[str, Any]:
    """Who keeps it going and who is new: factors, people, organizations."""
    absence = board.measures.get("contributor_absence_factor")
    elephant = board.measures.get("elephant_factor")
    new = board.measures.get("new_contributors")
    newest = new.details.get("people", [])[: 2 * LISTED] if new else []
    behind = [pk for pk, _times in absence.details.get("people", [])] if absence else []
    people = people_named([*behind[:LISTED], *newest])
    companies = [pk for pk, _times in elephant.details.get("organizations", [])] if elephant else []
    named = organizations_named(companies[:LISTED])
    factors = cards_of(board, ("contributor_absence_factor", "elephant_factor"), place, window)
    welcome = [people[pk] for pk in newest if pk in people]
    return {
        "factors": factors,
        "carriers": carriers(absence, people, viewer, place, window) if absence else [],
        "employers": employers(elephant, named) if elephant else [],
        "newcomers": [one for one in welcome if shows(viewer, one)][:LISTED],
    }


def waiting(place: Place, board: Board, viewer: "Viewer") -> dict[str, Any]:
    """What waits for an answer, the longest first, as far as its authors show what they do.

    Nothing is said where nobody could know.
    """
    if not board.knows_items:
        return {"is_tracked": False, "items": [], "title": _("What waits for an answer")}
    found, number = waiting_items(place, 3 * WAITING, viewer)
    items = [one for one in found if not one.author or shows(viewer, one.author.person)][:WAITING]
    page = address("activity:work_items")
    url = f"{page}?{place.filters}waiting=1" if page else ""
    words = ngettext("%(count)s waits for an answer", "%(count)s wait for an answer", number)
    return {
        "is_tracked": True,
        "items": items,
        "title": words % {"count": count(number)},
        "url": url,
    }


def acts_shown(
    place: Place, extent: Extent, viewer: "Viewer", most: int = LATEST
) -> list[Contribution]:
    """The latest acts of people who show what they do."""
    found = latest_acts(place, extent.end, 3 * most, viewer)
    shown = [act for act in found if act.identity and shows(viewer, act.identity.person)]
    return shown[:most]


def picker(window: Window, extent: Extent) -> dict[str, Any]:
    """The periods to choose from."""
    return {
        "window": window,
        "recent": [{"days": days, "is_current": window.days == days} for days in RECENT_DAYS],
        "months": [(f"{month:%Y-%m}", month_name(month)) for month in reversed(extent.months)][:36],
        "chosen": f"{window.month:%Y-%m}" if window.month else "",
        "last": window.end - timedelta(days=1),
    }


def community_board(query: QueryDict, viewer: "Viewer") -> dict[str, Any] | None:
    """Everything on the front page; None while no figure exists."""
    extent = extent_of(COMMUNITY)
    if extent is None:
        return None
    window = window_of(query, extent)
    board = board_of(COMMUNITY, "community", window, extent, viewer)
    counted = Figure.objects.filter(scope=Scope.PERSON).values("scope_id").distinct().count()
    return {
        "extent": extent,
        "since": month_name(extent.start),
        "people_count": counted,
        "picker": picker(window, extent),
        "gap": board.gap,
        "figures": cards_of(board, MAIN, COMMUNITY, window),
        "more_figures": cards_of(board, MORE, COMMUNITY, window),
        "charts": charts_of(board, "contributions", "people", "change-requests", "response"),
        "spread": charts_of(board, "spread", "issues"),
        "projects": projects_with_activity(window.days or 90),
        "waiting": waiting(COMMUNITY, board, viewer),
        "latest": acts_shown(COMMUNITY, extent, viewer),
        **standing(board, viewer, COMMUNITY, window),
    }


def project_board(place: Place, query: QueryDict, viewer: "Viewer") -> dict[str, Any] | None:
    """Everything on a project's dashboard; None while no figure exists."""
    extent = extent_of(place)
    if extent is None:
        return None
    window = window_of(query, extent)
    board = board_of(place, f"project:{place.project}", window, extent, viewer)
    return {
        "extent": extent,
        "picker": picker(window, extent),
        "gap": board.gap,
        "figures": cards_of(board, MAIN, place, window),
        "more_figures": cards_of(board, MORE, place, window),
        "charts": charts_of(board, "contributions", "people", "change-requests", "response"),
        "spread": charts_of(board, "spread", "issues"),
        "waiting": waiting(place, board, viewer),
        "latest": acts_shown(place, extent, viewer),
        **standing(board, viewer, place, window),
    }
