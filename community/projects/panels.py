"""What projects add to the frame."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.lib.search import MOST, Hit, Source, add_source
from community.lib.slots import NavEntry, add_nav
from community.projects import permissions  # noqa: F401  (registers the predicates)
from community.projects.models import Project


def _find(text: str, request: HttpRequest) -> Iterable[Hit]:
    found = Project.objects.matching(text)[:MOST]
    return (Hit(one.name, one.get_absolute_url(), one.summary) for one in found)


add_source(Source(_("Projects"), _find, "projects:list", order=10))

add_nav(NavEntry(_("Projects"), "projects:list", order=20))
