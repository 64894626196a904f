"""What a dashboard shows, put together for one reader."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import orjson
from django.db.models import Sum
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.lib.moments import when
from community.people.models import Organization, Person
from community.people.visibility import may_see
from contributors.activity.answering import Answerers, answerers, asked_of
from contributors.activity.models import Contribution, WorkItem
from contributors.metrics.cards import FigureCard, address, card, rows_url
from contributors.metrics.charts import Chart
from contributors.metrics.choices import beside, named_periods
from contributors.metrics.formats import count, month_name, share
from contributors.metrics.models import Figure, Scope
from contributors.metrics.periods import Extent, Window, window_of
from contributors.metrics.queries import (
    COMMUNITY,
    NOTABLE,
    Measure,
    Place,
    extent_of,
    last_months,
    latest_acts,
    measures,
    organizations_named,
    people_named,
    projects_with_activity,
    waiting_items,
)
from contributors.metrics.registry import METRICS
from contributors.metrics.releases import release_marks
from contributors.metrics.rollups import RECENT_DAYS
from contributors.metrics.stepping import figures_of
from contributors.metrics.steps import MONTH
from contributors.metrics.trends import CHARTS, MONTHS, Board
from contributors.metrics.wholeness import gap_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Viewer = Person | AnonymousUser

BUSIEST = 8  # projects that the front page lists
CHARTED = ("contributions", "people", "change-requests", "response")
LISTED = 5  # people or organizations that a list names
WAITING = 5
LATEST = 5
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
    drawn = [METRICS[key] for key in TREND_KEYS]
    monthly = figures_of(place, drawn, MONTH, months, extent)
    found = measures(place, window)
    gap = gap_of(place, window, viewer, timezone.now())
    marks = release_marks(place, months, monthly)
    return Board(slug, extent, months, monthly, found, gap, marks, window.choice)


def drawn_from(board: Board, place: Place, window: Window) -> str:
    """A digest of all that figures and charts are drawn from, to tell whether they are drawn."""
    months = [
        [key, f"{month:%Y-%m}", row.value, row.n, row.missing, row.completeness, row.details]
        for key, rows in board.monthly.items()
        for month, row in rows.items()
    ]
    period = [
        [key, one.value, one.n, one.missing, one.completeness, one.details, one.before]
        for key, one in board.measures.items()
    ]
    rest = (place, window, board.slug, board.extent, board.months, board.releases, board.gap)
    figures = orjson.dumps([months, period], option=orjson.OPT_NON_STR_KEYS)
    return blake2b(figures + repr(rest).encode(), digest_size=20).hexdigest()


def later(make: Callable[..., Any], *given: Any) -> Any:
    """What `make` answers, made when it is first looked at."""
    return SimpleLazyObject(partial(make, *given))


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


def standing(
    board: Board, viewer: "Viewer", place: Place, window: Window, also: Iterable[int] = ()
) -> dict[str, Any]:
    """Who keeps it going and who is new: factors, people, organizations.

    `people` are those and `also` whoever else the page names, in one query.
    """
    absence = board.measures.get("contributor_absence_factor")
    elephant = board.measures.get("elephant_factor")
    new = board.measures.get("new_contributors")
    newest = new.details.get("people", [])[: 2 * LISTED] if new else []
    behind = [pk for pk, _times in absence.details.get("people", [])] if absence else []
    people = people_named([*behind[:LISTED], *newest, *also])
    companies = [pk for pk, _times in elephant.details.get("organizations", [])] if elephant else []
    named = organizations_named(companies[:LISTED])
    factors = ("contributor_absence_factor", "elephant_factor")
    welcome = [people[pk] for pk in newest if pk in people]
    return {
        "people": people,
        "factors": later(cards_of, board, factors, place, window),
        "carriers": carriers(absence, people, viewer, place, window) if absence else [],
        "employers": employers(elephant, named) if elephant else [],
        "newcomers": [one for one in welcome if shows(viewer, one)][:LISTED],
    }


def waiting(place: Place, board: Board, viewer: "Viewer") -> dict[str, Any]:
    """What waits for an answer, the longest first, as far as its authors show what they do.

    Nothing is said where nobody could know.
    """
    if not board.knows_items:
        title = _("What waits for an answer")
        return {"is_tracked": False, "items": [], "title": title}
    found, number = waiting_items(place, 3 * WAITING, viewer)
    items = [one for one in found if not one.author or shows(viewer, one.author.person)][:WAITING]
    page = address("activity:waiting")
    words = ngettext("%(count)s waits for an answer", "%(count)s wait for an answer", number)
    return {
        "is_tracked": True,
        "items": items,
        "title": words % {"count": count(number)},
        "url": f"{page}?{place.filters}".rstrip("?&") if page else "",
    }


def with_people(place: Place, board: Board, viewer: "Viewer", window: Window) -> dict[str, Any]:
    """What waits and by whom it is to be answered, who keeps it going and who is new."""
    found = waiting(place, board, viewer)
    asked = asked_of(found["items"])
    known = standing(board, viewer, place, window, asked.people)
    whom = answerers(found["items"], asked, known.pop("people"), viewer)
    return {"waiting": lined(found, whom), **known}


def waiting_for(place: Place, board: Board, viewer: "Viewer") -> dict[str, Any]:
    """What waits for an answer and by whom it is to be answered."""
    found = waiting(place, board, viewer)
    asked = asked_of(found["items"])
    return lined(found, answerers(found["items"], asked, people_named(asked.people), viewer))


def lined(found: dict[str, Any], whom: Mapping[int, Answerers]) -> dict[str, Any]:
    """What waits, a line an item with who should answer it."""
    lines = [(one, whom[one.pk]) for one in found["items"]]
    return {**found, "lines": lines, "drawn_from": asked_key(lines)}


def asked_key(lines: Sequence[tuple[WorkItem, Answerers]]) -> tuple[object, ...]:
    """All that is shown of what waits and of who should answer it."""
    at = timezone.now()
    return tuple(
        (
            *(item.pk, item.title, item.url, item.kind, item.number, item.repository.name),
            *(str(item.author.person) if item.author else "", when(item.waits_since, at)),
            *(who.role, who.unnamed, tuple((one.handle, one.name) for one in who.people)),
        )
        for item, who in lines
    )


def acts_key(acts: Sequence[Contribution]) -> tuple[object, ...]:
    """All that is shown of what was done."""
    at = timezone.now()
    return tuple(
        (
            *(act.pk, act.kind, act.title, act.url, act.repository.name, when(act.occurred_at, at)),
            *(
                act.work_item.title if act.work_item else "",
                act.identity and shown_of(act.identity.person),
            ),
        )
        for act in acts
    )


def shown_of(person: Person) -> tuple[object, ...]:
    """All that a link to somebody shows."""
    return person.handle, person.name, str(person.avatar), person.is_bot


def acts_shown(
    place: Place, extent: Extent, viewer: "Viewer", most: int = LATEST, since: date | None = None
) -> list[Contribution]:
    """The latest acts of people who show what they do."""
    found = latest_acts(place, extent.end, 3 * most, viewer, since)
    shown = [act for act in found if act.identity and shows(viewer, act.identity.person)]
    return shown[:most]


def latest(place: Place, board: Board, viewer: "Viewer") -> dict[str, Any]:
    """The latest acts, and what tells whether they are drawn."""
    acts = acts_shown(place, board.extent, viewer, since=busy_since(board))
    return {"latest": acts, "latest_from": acts_key(acts)}


def busy_since(board: Board, most: int = 10 * LATEST) -> date | None:
    """The latest month of the last twelve from which on so much was done; None: less was."""
    total = 0
    for month, value in zip(reversed(board.months), reversed(board.kinds(NOTABLE)), strict=True):
        total += int(value or 0)
        if total >= most:
            return month
    return None


def picker(window: Window, extent: Extent) -> dict[str, Any]:
    """The periods to choose from, and those beside a named one."""
    return {
        "window": window,
        "recent": [{"days": days, "is_current": window.days == days} for days in RECENT_DAYS],
        "groups": later(named_periods, window, extent),
        "drawn_from": (window.choice, window.start, window.end, extent),
        "chosen": window.code,
        "beside": beside(window, extent),
        "last": window.end - timedelta(days=1),
    }


def drawings(board: Board, place: Place, window: Window) -> dict[str, Any]:
    """Figures and charts, made only where those of the same figures are not drawn yet."""
    return {
        "drawn_from": drawn_from(board, place, window),
        "figures": later(cards_of, board, MAIN, place, window),
        "more_figures": later(cards_of, board, MORE, place, window),
        "charts": later(charts_of, board, *CHARTED),
        "spread": later(charts_of, board, "spread", "issues"),
    }


def community_board(query: QueryDict, viewer: "Viewer") -> dict[str, Any] | None:
    """Everything on the front page; None while no figure exists."""
    extent = extent_of(COMMUNITY)
    if extent is None:
        return None
    window = window_of(query, extent)
    board = board_of(COMMUNITY, "community", window, extent, viewer)
    came = Figure.objects.filter(scope=Scope.COMMUNITY, metric="new_contributors")
    return {
        "extent": extent,
        "since": month_name(extent.start),
        "people_count": came.aggregate(people=Sum("n"))["people"] or 0,
        "picker": picker(window, extent),
        "gap": board.gap,
        **drawings(board, COMMUNITY, window),
        "projects": projects_with_activity(window.days or 90)[:BUSIEST],
        **latest(COMMUNITY, board, viewer),
        **with_people(COMMUNITY, board, viewer, window),
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
        **drawings(board, place, window),
        **latest(place, board, viewer),
        **with_people(place, board, viewer, window),
    }
