"""What the page of an answer shows: its finding, drawing, tables and ways out."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contributors.metrics.cards import ROWS, address, change_of
from contributors.metrics.charts import Axis, Chart, Series, Table, line_chart, stacked_bars
from contributors.metrics.explore import Answer, Member, is_over, rows_of, shares_of_steps, summed
from contributors.metrics.formats import DAY, HOUR, count, day_name, month_name, phrase, share
from contributors.metrics.kept import kept_of
from contributors.metrics.multiples import common_top, small_line
from contributors.metrics.questions import Question
from contributors.metrics.steps import MONTH, Step
from contributors.metrics.trends import GROUPS

LONG = 60  # points, beyond which a still drawing is hard to read
DRAWN = 6  # members with a drawing of their own
LISTED = 50  # members in the table; the files hold all
IN_FILES = Table((), ())  # the page shows words; the numbers are made for the files alone


def scale_of(unit: str, values: Sequence[float | None]) -> tuple[float, str]:
    """What a value is divided by to be drawn, and the unit it then has."""
    top = max((value for value in values if value is not None), default=0)
    if unit == "seconds":
        if top < 2 * DAY:
            return HOUR, _("hours")
        return DAY, _("days")
    return (0.01, "%") if unit == "share" else (1, "")


def scaled(values: Sequence[float | None], scale: float) -> list[float | None]:
    return [None if value is None else value / scale for value in values]


def finding(found: Answer) -> str:
    """What the figures say, in one line."""
    question, summary = found.question, found.summary
    words = {
        "metric": question.metric.label,
        "scope": question.name,
        "value": phrase(summary.value, question.metric.unit),
        "period": question.window.label,
    }
    if summary.value is None:
        return _("%(metric)s, %(scope)s: nothing is known (%(period)s)") % words
    if summary.is_sum or len(question.starts) == 1:
        return _("%(metric)s, %(scope)s: %(value)s (%(period)s)") % words
    return medians()[question.step.key] % words


def medians() -> dict[str, str]:
    """What is said of steps that do not add up."""
    return {
        "week": _("%(metric)s, %(scope)s: %(value)s in the median week (%(period)s)"),
        "month": _("%(metric)s, %(scope)s: %(value)s in the median month (%(period)s)"),
        "quarter": _("%(metric)s, %(scope)s: %(value)s in the median quarter (%(period)s)"),
        "year": _("%(metric)s, %(scope)s: %(value)s in the median year (%(period)s)"),
    }


def chart_of(found: Answer) -> Chart:
    """The steps as lines, or as bars by kind, with the table behind them."""
    question = found.question
    if question.group == "kind":
        return kinds_chart(found)
    metric, starts, step = question.metric, question.starts, question.step
    lines = [(pgettext("line of a chart", "Now"), found.values())]
    if question.versus == "before":
        label = pgettext("line of a chart", "Before")
        lines.append((label, found.values(question.before)))
    elif question.versus == "year":
        lines.append((pgettext("line of a chart", "Year ago"), found.values(question.year_ago)))
    scale, unit = scale_of(metric.unit, [value for _label, row in lines for value in row])
    series = [Series(label, scaled(row, scale)) for label, row in lines]
    if found.members:  # which have drawings of their own
        return Chart(finding(found), "", IN_FILES, IN_FILES, note=note(found))
    axis = Axis([step.short(one) for one in starts], [step.name(one) for one in starts], unit)
    has_any = any(value is not None for one in series for value in one.values)
    is_long = has_any and len(starts) > LONG
    title = finding(found)
    drawn = line_chart("chart-explore", title, series, axis, is_whole=metric.unit == "count")
    return Chart(
        title=title,
        svg=drawn if has_any else "",
        table=steps_table(found, lines),
        data=IN_FILES,
        unit=unit or metric.label,
        note=note(found),
        legend=legend_of(series) if is_long and len(series) > 1 else (),
        plot=plot_of(title, axis, series, metric.unit, scale) if is_long else "",
    )


def legend_of(series: Sequence[Series]) -> list[dict[str, object]]:
    return [{"index": at, "label": one.label} for at, one in enumerate(series, start=1)]


def plot_of(title: str, axis: Axis, series: Sequence[Series], unit: str, scale: float) -> str:
    """A long series as `plot.js` takes it, in the words and numbers of the reader."""
    lines = [
        {
            "label": str(one.label),
            "values": one.values,
            "said": [phrase(None if v is None else v * scale, unit) for v in one.values],
        }
        for one in series
    ]
    hint = _("Move along the line to read a value; drag to look closer, double-click for all.")
    told = {"title": title, "hint": hint, "labels": axis.labels, "names": axis.names}
    return json.dumps({**told, "series": lines}, ensure_ascii=False)


def steps_table(found: Answer, lines: Sequence[tuple[str, list[float | None]]]) -> Table:
    """Step, value, what it is compared with, rows, missing share and completeness."""
    question, step = found.question, found.question.step
    shares = shares_of_steps(found)
    header = [step.label, question.metric.label, *(label for label, _row in lines[1:])]
    rows = []
    for at, start in enumerate(question.starts):
        figure = found.figures.get(start)
        values = [phrase(row[at], question.metric.unit) for _label, row in lines]
        told = ["–"] * 3
        if figure:
            whole = shares[figure.scope, figure.scope_id, start]
            told = [
                count(figure.n),
                "–" if figure.missing is None else share(figure.missing),
                "–" if whole is None else floored(whole),
            ]
        rows.append([step.name(start), *values, *told])
    return Table([*header, "n", _("Missing"), _("Complete")], rows)


def floored(whole: float) -> str:
    """Percent, rounded down, so that only a whole is 100."""
    return _("%(number)s%%") % {"number": 100 if whole >= 1 else min(99, int(100 * whole + 1e-9))}


def kinds_chart(found: Answer) -> Chart:
    """Contributions by kind, one on top of the other."""
    starts, step = found.question.starts, found.question.step
    series = [
        Series(
            label,
            [
                sum(figure.details.get("kinds", {}).get(kind, 0) for kind in kinds)
                if (figure := found.figures.get(start))
                else None
                for start in starts
            ],
        )
        for label, kinds in GROUPS
    ]
    drawn = [one for one in series if any(one.values)]
    axis = Axis([step.short(one) for one in starts], [step.name(one) for one in starts])
    title = finding(found)
    rows = [
        [step.name(start), *(phrase(one.values[at], "count") for one in series)]
        for at, start in enumerate(starts)
    ]
    return Chart(
        title=title,
        svg=stacked_bars("chart-explore", title, series, axis) if drawn else "",
        table=Table([step.label, *(one.label for one in series)], rows),
        data=IN_FILES,
        unit=found.question.metric.label,
        legend=[
            {"index": at, "label": one.label}
            for at, one in enumerate(series, start=1)
            if one in drawn
        ],
        note=note(found),
    )


def note(found: Answer) -> str:
    """What keeps steps from being read like the others."""
    question, extent = found.question, found.question.extent
    if extent is None:
        return _("Nothing is known of this scope yet.")
    is_kept = question.metric.key in kept_of(question.place.scope)
    if not found.shown and question.place.handle and not is_kept:
        return _("Of a single person only contributions are kept month by month.")
    if question.place.label and not is_kept:
        return _("Issues and change requests carry labels; this counts what people do.")
    if not found.shown and not is_kept:
        return _("Of an organization only what is made of acts is kept month by month.")
    if found.shown and not any(figure.details for figure in found.shown):
        return _("Not tracked here")
    said = []
    last = question.starts[-1]
    if not is_over(last, extent, question.step) and last < extent.end:
        day = day_name(extent.end - timedelta(days=1))
        said.append(last_counted(question.step) % {"day": day})
    if extent.start > question.starts[0]:
        said.append(_("Tracking begins in %(month)s.") % {"month": month_name(extent.start)})
    return " ".join(said)


def last_counted(step: Step) -> str:
    if step is MONTH:
        return _("The last month is counted up to %(day)s.")
    return _("The last period is counted up to %(day)s.")


def data_of(found: Answer) -> Table:
    """The same for spreadsheets and programs: plain dates and numbers."""
    rows = rows_of(found)
    return Table(rows[0]._fields if rows else ["period", "start", "value"], rows)


def small_charts(found: Answer) -> list[dict[str, Any]]:
    """The first members of the scope, each with a drawing on the scale of all."""
    question = found.question
    chosen = found.members[:DRAWN]
    rows = [member.values(question.starts) for member in chosen]
    scale, unit = scale_of(question.metric.unit, [value for row in rows for value in row])
    rows = [scaled(row, scale) for row in rows]
    top = common_top(rows, is_whole=question.metric.unit == "count")
    names = [question.step.name(start) for start in question.starts]
    return [
        {
            "name": member.name,
            "url": url_of(question, scope=member.slug, group=""),
            "value": member_value(member, question),
            "svg": small_line(member.name, row, names, top, unit),
        }
        for member, row in zip(chosen, rows, strict=True)
    ]


def member_value(member: Member, question: Question) -> str:
    summary = summed(question.metric, member.values(question.starts))
    return phrase(summary.value, question.metric.unit)


def member_rows(found: Answer) -> list[dict[str, Any]]:
    question = found.question
    return [
        {
            "name": member.name,
            "url": url_of(question, scope=member.slug, group=""),
            "value": member_value(member, question),
            "n": sum(figure.n for figure in member.figures.values()),
        }
        for member in found.members[:LISTED]
    ]


def changes(found: Answer) -> list[dict[str, Any]]:
    """How the period stands to the one before and to the same one a year ago."""
    question = found.question
    pairs = [(_("Against the period before"), question.before)]
    if question.before != question.year_ago:
        pairs.append((_("Against the same period a year ago"), question.year_ago))
    shown = []
    for label, earlier in pairs:
        now, then, times = found.against(earlier)
        change = change_since(now, then, question.metric.unit)
        words = {"count": times, "all": len(question.starts)}
        part = _("%(count)s of %(all)s known in both") % words
        is_part = times < len(question.starts)
        reason = _("not known: that period was not tracked") if change is None else ""
        shown.append(
            {
                "label": label,
                "change": change,
                "reason": reason,
                "part": part if change and is_part else "",
            }
        )
    return shown


def change_since(now: float | None, then: float | None, unit: str) -> dict[str, str] | None:
    """How a value stands to one of any other period, in an arrow and a word."""
    change = change_of(now, then, unit)
    if change is None:
        return None
    words = {
        "same": pgettext("against another period", "as then"),
        "up": pgettext("against another period", "up from %(before)s"),
        "down": pgettext("against another period", "down from %(before)s"),
    }
    return {**change, "text": words[change["direction"]] % {"before": phrase(then, unit)}}


def facts(found: Answer) -> dict[str, Any]:
    """Rows, missing share, completeness and definition of the period."""
    figures = found.shown
    weighed = [(one.missing, one.n) for one in figures if one.missing is not None]
    rows = sum(n for _missing, n in weighed)
    missing = sum(part * n for part, n in weighed) / rows if rows else None
    whole = [one.completeness for one in figures if one.completeness is not None]
    numbers = [one.n for one in figures]
    return {
        "n": n_words(found, numbers),
        "missing": None if missing is None else share(missing),
        "completeness": found.gap.weight.share if found.gap else min(whole, default=None),
        "versions": ", ".join(map(str, sorted({one.version for one in figures}))),
    }


def n_words(found: Answer, numbers: Sequence[int]) -> str:
    """The rows behind the period; where steps share people, the range of the steps."""
    if not numbers:
        return "–"
    if found.summary.is_sum or len(numbers) == 1:
        return count(sum(numbers))
    low, high = count(min(numbers)), count(max(numbers))
    if low == high:
        return one_step()[found.question.step.key] % {"number": low}
    return one_step()[found.question.step.key] % {
        "number": _("%(low)s to %(high)s") % {"low": low, "high": high}
    }


def one_step() -> dict[str, str]:
    """How many rows there are in each step."""
    return {
        "week": _("%(number)s a week"),
        "month": _("%(number)s a month"),
        "quarter": _("%(number)s a quarter"),
        "year": _("%(number)s a year"),
    }


def url_of(question: Question, **changed: str) -> str:
    """The address of a question, some of its words changed; an empty one is taken away."""
    given = {**question.choice, **changed}
    kept = {key: value for key, value in given.items() if value}
    return f"{reverse('metrics:explore')}?{urlencode(kept, safe=':')}"


def rows_url(question: Question) -> str:
    """Where the rows behind the figures are listed."""
    page, filters = ROWS.get(question.metric.key, ("", ""))
    found = address(page) if page and question.place.has_rows else ""
    return f"{found}?{question.place.filters}{filters}{question.window.query}" if found else ""
