"""What people did last, for feed readers."""

from datetime import UTC, datetime, time

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from contributors.activity.models import Contribution
from contributors.metrics.boards import acts_shown
from contributors.metrics.noting import Change, changes_of
from contributors.metrics.queries import COMMUNITY, Place, extent_of
from contributors.metrics.questions import shifted
from contributors.metrics.series import place_of


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


class NotableFeed(Feed):  # type: ignore[type-arg]  # generic in its stubs alone
    """Months in which a metric of the community, or of a project, was not as usual."""

    feed_type = Atom1Feed

    def get_object(self, _request: HttpRequest, slug: str = "") -> Place:
        return place_of(f"project:{slug}", AnonymousUser()) if slug else COMMUNITY

    def title(self, place: Place) -> str:
        words = {"scope": place.name or settings.COMMUNITY_NAME}
        return readable(_("Notable changes in %(scope)s") % words)

    def link(self, place: Place) -> str:
        if place.project:
            return reverse("metrics:project", args=[place.project])
        return reverse("metrics:home")

    def feed_guid(self, place: Place) -> str:
        return f"notable:project:{place.project}" if place.project else "notable:community"

    def items(self, place: Place) -> list[Change]:
        slug = f"project:{place.project}" if place.project else "community"
        return changes_of(place, slug)[:50]

    def item_title(self, item: object) -> SafeString:
        return SafeString(readable(as_change(item).title))

    def item_description(self, item: object) -> str:
        return readable(as_change(item).sentence)

    def item_link(self, item: Change) -> str:
        return item.url

    def item_guid(self, item: Change) -> str:
        return f"notable:{item.slug}:{item.metric.key}:{item.month:%Y-%m}:{item.found.kind}"

    def item_updateddate(self, item: Change) -> datetime:
        return datetime.combine(shifted(item.month, 1), time.min, UTC)


def as_change(item: object) -> Change:
    if not isinstance(item, Change):
        raise TypeError
    return item


def readable(text: str) -> str:
    """Without the signs that no XML may hold, which commits may."""
    return "".join(sign for sign in text if sign.isprintable())


def as_act(item: object) -> Contribution:
    """The stubs of the feed framework do not know what its items are."""
    if not isinstance(item, Contribution):
        raise TypeError
    return item
