"""Moments in words: how long ago, with the exact time behind."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import TIME_STRINGS
from django.utils.translation import get_language
from django.utils.translation import gettext as _

KEPT = 5_000  # moments in words
Apart = tuple[str, int, bool]
JUST_NOW: Apart = ("", 0, False)
UNITS = (("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60))


def relative(moment: datetime, now: datetime) -> str:
    """How far a moment lies in the past or the future, in its largest unit."""
    return words_of(apart(moment, now))


def apart(moment: datetime, now: datetime) -> Apart:
    """The largest unit that fits between, how often it does, and whether it is ahead."""
    seconds = (now - moment).total_seconds()
    if abs(seconds) < 60:
        return JUST_NOW
    is_ahead = seconds < 0
    earlier, later = (now, moment) if is_ahead else (moment, now)
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    if (later.day, later.time()) < (earlier.day, earlier.time()):
        months -= 1
    if months:
        return ("month", months, is_ahead) if months < 12 else ("year", months // 12, is_ahead)
    whole = int(abs(seconds))
    return next((unit, whole // size, is_ahead) for unit, size in UNITS if whole >= size)


def words_of(distance: Apart) -> str:
    unit, number, is_ahead = distance
    if distance is JUST_NOW:
        return _("just now")
    span = (TIME_STRINGS[unit] % {"num": number}).replace("\xa0", " ")
    return _("in %(span)s") % {"span": span} if is_ahead else _("%(span)s ago") % {"span": span}


def exact(moment: datetime, zone: tzinfo | None = None) -> str:
    """The time in the reader's zone, with the zone's name."""
    local = timezone.localtime(moment, zone)
    return f"{date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"


def clock(moment: datetime) -> str:
    """The time of day in the reader's zone; with its day unless that is today."""
    local = timezone.localtime(moment)
    time = f"{local:%H:%M} {local.tzname()}"
    is_today = local.date() == timezone.localdate()
    return time if is_today else f"{date_format(local, 'DATE_FORMAT')} {time}"


@dataclass(frozen=True, slots=True)
class Now:
    """The moment at which a page with many moments is read, in its reader's zone and language."""

    at: datetime
    zone: tzinfo
    language: str | None

    def when(self, moment: datetime) -> SafeString:
        """What `when` answers."""
        return _when(moment, apart(moment, self.at), self.zone, self.language)


def read_at(now: datetime) -> Now:
    return Now(now, timezone.get_current_timezone(), get_language())


def when(moment: date | datetime | None, now: datetime) -> SafeString:
    """A `<time>` that reads relatively and tells the exact time in its title."""
    if moment is None:
        return format_html('<span class="muted">{}</span>', _("never"))
    if not isinstance(moment, datetime):
        day = date_format(moment, "DATE_FORMAT")
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), day)
    return read_at(now).when(moment)


@lru_cache(maxsize=KEPT)
def _when(moment: datetime, distance: Apart, zone: tzinfo, language: str | None) -> SafeString:
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        exact(moment, zone),
        words_of(distance),
    )
