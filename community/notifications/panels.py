"""What notices add: the bell in the frame, a tab of the settings, files of the export."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from community.lib.slots import Panel, fill
from community.notifications.models import Notice, Preference
from community.notifications.querysets import MOST_COUNTED
from community.people.exports import Rows, register
from community.people.models import Person


def bell(person: Person, _request: HttpRequest) -> Mapping[str, Any]:
    """How many notices wait for the person."""
    unread = Notice.objects.unread_by(person)
    return {"unread": unread, "is_more": unread >= MOST_COUNTED}


def tab(_person: Person, request: HttpRequest) -> Mapping[str, Any]:
    """The way from the settings to what comes by mail."""
    url = reverse("notifications:preferences")
    return {"url": url, "is_current": request.path == url}


def _told(person: Person) -> Rows:
    for one in Notice.objects.told_to(person).iterator():
        fields = ("topic", "url", "created_at", "read_at", "mail", "mailed_at")
        yield {"sentence": str(one.sentence), **{name: getattr(one, name) for name in fields}}


def _said(person: Person) -> Rows:
    return Preference.objects.filter(person=person).values("group", "is_mailed")


fill("frame:bell", Panel("community/notifications/_bell.html", bell))
fill("account:tabs", Panel("community/notifications/_tab.html", tab))
register("notices", _told)
register("notice_preferences", _said)
