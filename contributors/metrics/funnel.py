"""From visitor to committer: how many of the people who came reached each level."""

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from contributors.metrics.charts import Chart, Table
from contributors.metrics.definitions.staying import TURNED_DAYS
from contributors.metrics.formats import count, share
from contributors.metrics.svg import joined, percent, pixels, tag, text
from contributors.metrics.trends import Board

ROW, BAR, TOP = 52.0, 18.0, 22.0  # pixels
LEVELS = ("visited", "joined", "merged")


def level_names() -> list[str]:
    """The levels in words, the first one first."""
    return [
        _("Visited: star, watch or fork"),
        _("Joined in: issue, comment or review"),
        _("Merged: a change request of theirs"),
    ]


def funnel_chart(board: Board) -> Chart:
    """The people who came in the chosen period, level by level; what nobody reads is unknown."""
    found = board.measures.get("conversion_rate")
    details = found.details if found else {}
    counts: list[int | None] = [details.get(level) for level in LEVELS]
    has_any = any(counts)
    title = _("From visitor to committer")
    address = reverse("metrics:series", args=[board.slug, "funnel", "csv"])
    return Chart(
        title=title,
        svg=drawing(title, counts) if has_any else "",
        table=table(counts),
        data=Table(["level", "people"], list(zip(LEVELS, counts, strict=True))),
        n=found.n if found and has_any else None,
        unit=_("people"),
        note=note(details.get("pending")) if details else _("Not tracked here"),
        csv_url=f"{address}?{board.choice}",
        json_url=f"{address.removesuffix('csv')}json?{board.choice}",
    )


def note(pending: int | None) -> str:
    """What is not counted and why."""
    words = [_("Each was followed for %(days)s days.") % {"days": TURNED_DAYS}]
    if pending:
        words.append(
            _("%(count)s came too lately to be followed so long and are left out.")
            % {"count": count(pending)}
        )
    words.append(_("Visitors are unknown: no source reads stars, watches or forks yet."))
    return " ".join(words)


def table(counts: list[int | None]) -> Table:
    """Each level with its people and their share of the level before."""
    rows = []
    before: int | None = None
    for name, value in zip(level_names(), counts, strict=True):
        part = share(value / before) if value is not None and before else "–"
        rows.append([name, _("unknown") if value is None else count(value), part])
        before = value
    return Table([_("Level"), _("People"), _("Of the level before")], rows)


def drawing(title: str, counts: list[int | None]) -> SafeString:
    """A bar for each level, its name above it; a level nobody reads is an empty, dashed one."""
    top = max(value or 0 for value in counts) or 1
    rows = zip(level_names(), counts, strict=True)
    return tag(
        "svg",
        tag("title", title),
        joined(level(at, name, value, top) for at, (name, value) in enumerate(rows)),
        class_="funnel",
        width="100%",
        height=f"{ROW * len(counts):g}",
        role="group",
        aria_label=title,
    )


def level(at: int, name: str, value: int | None, top: int) -> SafeString:
    """One level, reached with the keyboard and read out."""
    y = ROW * at
    said = _("unknown") if value is None else count(value)
    width = 1.0 if value is None else max(value / top, 0.004)
    bar = tag(
        "rect",
        class_="unknown" if value is None else "series-1",
        x="0",
        y=pixels(y + TOP),
        width=percent(width),
        height=pixels(BAR),
        rx="2",
    )
    return tag(
        "g",
        tag("title", f"{name}: {said}"),
        text(name, 0, y + TOP - 7, "start"),
        text(said, 1, y + TOP - 7, "end", "label"),
        bar,
        class_="column",
        tabindex="0",
        role="img",
        aria_label=f"{name}: {said}",
    )
