"""The parts of a page: `{% load parts %}`."""

from datetime import date, datetime
from typing import Any

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from community.lib import icons, moments
from community.lib.markdown import render_markdown
from community.lib.slots import panels

register = template.Library()


@register.simple_tag
def icon(name: str, size: int = 18, label: str = "") -> SafeString:
    """A drawing from Lucide."""
    return icons.icon(name, size, label)


@register.simple_tag
def when(moment: date | datetime | None) -> SafeString:
    """How long ago, with the exact time in the title."""
    return moments.when(moment, timezone.now())


@register.filter
def to_the_second(moment: datetime) -> str:
    """A moment as the reader writes it, with its seconds where it has any."""
    if not moment.second:
        return date_format(moment, "DATETIME_FORMAT")
    return f"{date_format(moment)} {moment:%H:%M:%S}"


@register.simple_tag
def avatar(person: Any, size: int = 32) -> SafeString:
    """The picture of a person, or a generated one."""
    return icons.face(
        person.handle,
        str(person.avatar),
        size,
        is_bot=person.is_bot,
        prefix=get_script_prefix(),
    )


@register.simple_tag
def person_link(person: Any, size: int = 24) -> SafeString:
    """Picture, name and handle on one line, leading to the profile."""
    picture = str(person.avatar)
    return icons.person(person.handle, str(person), picture, size, is_bot=person.is_bot)


@register.simple_tag
def chip(text: object, kind: str = "plain") -> SafeString:
    """A short status; its kind shows by color and by shape."""
    return icons.chip(str(text), kind)


@register.simple_tag
def number(value: float | None, digits: int | None = None) -> str:
    """A number in the reader's notation; a dash where there is none."""
    if value is None:
        return "–"
    if digits is None:
        digits = 0 if value == int(value) else 1
    return number_format(value, decimal_pos=digits, use_l10n=True, force_grouping=True)


@register.simple_tag(takes_context=True)
def slot(context: Context, name: str, subject: object) -> SafeString:
    """The panels with which higher wings fill this place."""
    request = context["request"]
    return format_html_join(
        "\n",
        "{}",
        (
            (render_to_string(file, {"subject": subject, **values}, request),)
            for file, values in panels(name, subject, request)
        ),
    )


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """The page's query string with these parameters changed; None takes one away."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"


@register.filter
def markdown(text: str) -> SafeString:
    """Markdown as safe HTML."""
    return render_markdown(text)


@register.simple_tag
def percent(share: float) -> str:
    """A share of one in percent; rounded down, so that only a whole is 100."""
    whole = 100 if share >= 1 else min(99, int(100 * share + 1e-9))
    return f"{whole}%"


@register.simple_tag
def number100(share: float) -> str:
    """A share of one as a number from 0 to 100, in the notation of SVG."""
    return f"{100 * max(0.0, min(1.0, float(share))):.1f}"
