"""Words about projects: `{% load projects %}`."""

from urllib.parse import urlsplit

from django import template

from community.projects import licenses
from community.projects.models import Project

register = template.Library()
_CHIPS = {Project.Stage.GRADUATED: "good"}


@register.filter
def stage_chip(stage: str) -> str:
    """The kind of chip in which a stage is shown."""
    return _CHIPS.get(Project.Stage(stage), "plain")


@register.filter
def license_name(expression: str) -> str:
    """A license expression in words."""
    return licenses.license_name(expression)


@register.filter
def host(url: str) -> str:
    """The host to which a link leads."""
    return urlsplit(url).hostname or ""
