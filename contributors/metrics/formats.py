"""Values of metrics in the reader's words."""

from datetime import date
from functools import lru_cache

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

HOUR, DAY = 3600, 86_400


def count(value: float, digits: int = 0) -> str:
    return number_format(value, decimal_pos=digits, use_l10n=True, force_grouping=True)


def amount(value: float) -> str:
    """With one decimal where it tells something: below ten and not whole."""
    rounded = round(value, 1)
    return count(rounded, 0 if rounded >= 10 or rounded == int(rounded) else 1)


def duration(seconds: float) -> tuple[str, str]:
    """A number and its unit: minutes, hours or days."""
    if seconds < HOUR:
        minutes = max(round(seconds / 60), 0)
        return count(minutes), ngettext("minute", "minutes", minutes)
    if seconds < 2 * DAY:
        hours = round(seconds / HOUR, 1)
        return amount(hours), ngettext("hour", "hours", 1 if hours == 1 else 2)
    days = round(seconds / DAY, 1)
    return amount(days), ngettext("day", "days", 1 if days == 1 else 2)


def share(value: float) -> str:
    """Percent, never rounded to none or all when it is not."""
    whole = round(100 * value)
    if 0 < value < 1:
        whole = min(max(whole, 1), 99)
    return _("%(number)s%%") % {"number": whole}


def quantity(value: float, unit: str) -> tuple[str, str]:
    """A value of a metric as number and unit."""
    if unit == "seconds":
        return duration(value)
    if unit == "share":
        return share(value), ""
    if unit in {"ratio", "deviations"}:
        return amount(value), ""
    return count(value), ""


def phrase(value: float | None, unit: str) -> str:
    """A value of a metric in one piece; a dash where there is none."""
    if value is None:
        return "–"
    return " ".join(part for part in quantity(value, unit) if part)


def month_name(month: date) -> str:
    """The month with its year; a page names each month dozens of times."""
    return _month_name(get_language(), month)


def short_month(month: date) -> str:
    """The month alone; the year in the place of January."""
    return _short_month(get_language(), month)


def year_name(year: int) -> str:
    """The year alone, as it stands below an axis."""
    return date_format(date(year, 1, 1), pgettext("format of a year alone", "Y"))


@lru_cache(maxsize=2048)
def _month_name(_language: str | None, month: date) -> str:
    return date_format(month, pgettext("format of a month with its year", "M Y"))


@lru_cache(maxsize=2048)
def _short_month(_language: str | None, month: date) -> str:
    if month.month == 1:
        return date_format(month, pgettext("format of a year alone", "Y"))
    return date_format(month, pgettext("format of a month alone", "M"))


def day_name(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
