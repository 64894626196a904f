"""Words and drawings of quiet people: `{% load retention %}`."""

from datetime import date

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from contributors.metrics.formats import month_name
from contributors.retention import words
from contributors.retention.models import Drift, FollowUp
from contributors.retention.queries import Carried

register = template.Library()


@register.filter
def reason_words(drift: Drift) -> str:
    """Why somebody is listed."""
    return words.reason(drift)


@register.filter
def area_words(one: Carried) -> str:
    """What somebody did most of."""
    return words.area_words(one)


@register.filter
def outcome_words(one: FollowUp) -> str:
    """Whether they came back after it."""
    return words.outcome_words(one)


@register.filter
def in_month(day: date) -> str:
    """The month of a day with its year."""
    return month_name(day)


@register.filter
def is_ahead(day: date | None) -> bool:
    """Whether a day is still to come."""
    return day is not None and day > timezone.now().date()


@register.simple_tag
def months_drawing(drift: Drift) -> SafeString:
    """A bar for each month."""
    return words.months_drawing(drift)
