"""Moments in words: how long ago, with the exact time behind."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _


def relative(moment: datetime, now: datetime) -> str:
    """How far a moment lies in the past or the future, in its largest unit."""
    if abs((now - moment).total_seconds()) < 60:
        return _("just now")
    span = timesince(min(moment, now), max(moment, now), depth=1).replace("\xa0", " ")
    if moment > now:
        return _("in %(span)s") % {"span": span}
    return _("%(span)s ago") % {"span": span}


def exact(moment: datetime) -> str:
    """The time in the reader's zone, with the zone's name."""
    local = timezone.localtime(moment)
    return f"{date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"


def clock(moment: datetime) -> str:
    """The time of day in the reader's zone; with its day unless that is today."""
    local = timezone.localtime(moment)
    time = f"{local:%H:%M} {local.tzname()}"
    is_today = local.date() == timezone.localdate()
    return time if is_today else f"{date_format(local, 'DATE_FORMAT')} {time}"


def when(moment: date | datetime | None, now: datetime) -> SafeString:
    """A `<time>` that reads relatively and tells the exact time in its title."""
    if moment is None:
        return format_html('<span class="muted">{}</span>', _("never"))
    if not isinstance(moment, datetime):
        day = date_format(moment, "DATE_FORMAT")
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), day)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        exact(moment),
        relative(moment, now),
    )
