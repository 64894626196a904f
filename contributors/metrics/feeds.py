"""What people did last, for feed readers."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from contributors.activity.models import Contribution
from contributors.metrics.boards import acts_shown
from contributors.metrics.queries import COMMUNITY, extent_of


class LatestFeed(Feed):  # type: ignore[type-arg]  # generic in its stubs alone
    """The latest acts of people who show what they do to everyone."""

    feed_type = Atom1Feed

    def title(self) -> str:
        return _("Latest in %(community)s") % {"community": settings.COMMUNITY_NAME}

    def link(self) -> str:
        return reverse("metrics:home")

    def items(self) -> "list[Contribution] | QuerySet[Contribution]":
        extent = extent_of(COMMUNITY)
        return acts_shown(COMMUNITY, extent, AnonymousUser(), most=50) if extent else []

    def item_title(self, item: object) -> SafeString:
        act = as_act(item)
        about = act.title or (act.work_item and act.work_item.title) or act.repository.name
        return SafeString(readable(f"{act.get_kind_display()}: {about}"))

    def item_description(self, item: object) -> str:
        return readable(as_act(item).repository.name)

    def item_author_name(self, item: Contribution) -> str:
        return readable(str(item.identity.person)) if item.identity else ""

    def item_link(self, item: Contribution) -> str:
        return item.url or reverse("metrics:home")

    def item_guid(self, item: Contribution) -> str:
        return f"contribution:{item.pk}"

    def item_pubdate(self, item: Contribution) -> datetime:
        return item.occurred_at


def readable(text: str) -> str:
    """Without the signs that no XML may hold, which commits may."""
    return "".join(sign for sign in text if sign.isprintable())


def as_act(item: object) -> Contribution:
    """The stubs of the feed framework do not know what its items are."""
    if not isinstance(item, Contribution):
        raise TypeError
    return item
