"""A year of days as a strip of weeks, darker where more was done."""

from collections.abc import Mapping
from datetime import date, timedelta
from math import ceil, sqrt

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contributors.metrics.formats import count, day_name, short_month
from contributors.metrics.svg import joined, percent, pixels, tag, text

WEEKS = 53
CELL, GAP, HEAD = 12.0, 2.0, 16.0


def level(value: int, top: int) -> int:
    """0 for nothing, then four steps up to the busiest day, finer where days are quiet."""
    return ceil(4 * sqrt(value / top)) if value > 0 else 0


def calendar_strip(counts: Mapping[date, int], *, until: date, key: str) -> SafeString:
    """Every day of the 53 weeks that end with the week of the day before `until`."""
    last = until - timedelta(days=1)
    monday = last - timedelta(days=last.weekday() + 7 * (WEEKS - 1))
    days = [monday + timedelta(days=offset) for offset in range((last - monday).days + 1)]
    top = max((counts.get(day, 0) for day in days), default=0)
    total = sum(counts.get(day, 0) for day in days)
    busy = sum(1 for day in days if counts.get(day))
    about = _("%(total)s contributions on %(busy)s days; the busiest had %(top)s.") % {
        "total": count(total),
        "busy": count(busy),
        "top": count(top),
    }
    return tag(
        "svg",
        tag("title", _("Contributions per day"), id=f"{key}-title"),
        tag("desc", about, id=f"{key}-desc"),
        month_labels(monday),
        joined(cell(day, counts.get(day, 0), top, monday) for day in days),
        class_="calendar",
        width="100%",
        height=f"{HEAD + 7 * (CELL + GAP):g}",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
    )


def month_labels(monday: date) -> SafeString:
    """The name of each third month above the week in which it begins."""
    labels = []
    for week in range(WEEKS - 2):
        begins = [monday + timedelta(days=7 * week + day) for day in range(7)]
        first = next((day for day in begins if day.day == 1 and day.month % 3 == 1), None)
        if first:
            labels.append(text(short_month(first), week / WEEKS, 11))
    return tag("g", *labels, class_="axis", aria_hidden="true")


def cell(day: date, value: int, top: int, monday: date) -> SafeString:
    words = ngettext(
        "%(count)s contribution on %(day)s", "%(count)s contributions on %(day)s", value
    ) % {"count": count(value), "day": day_name(day)}
    return tag(
        "rect",
        tag("title", words),
        class_=f"level-{level(value, top)}",
        x=percent(((day - monday).days // 7) / WEEKS),
        y=pixels(HEAD + day.weekday() * (CELL + GAP)),
        width=percent(0.86 / WEEKS),
        height=pixels(CELL),
        rx="2",
    )
