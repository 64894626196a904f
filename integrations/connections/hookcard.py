"""What a maintainer needs to set a webhook up, and how it stands."""

from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from integrations.connections.missing import deliveries_missing
from integrations.connections.models import Connection, Delivery, Hook, Source
from integrations.connections.querysets import DeliveryQuerySet

# What GitHub has to be told to send; everything else is kept and counted as unknown.
EVENTS = (
    "Branch or tag creation",
    "Branch or tag deletion",
    "Collaborator add, remove, or changed",
    "Discussions",
    "Issue comments",
    "Issues",
    "Labels",
    "Milestones",
    "Pull request review comments",
    "Pull request reviews",
    "Pull requests",
    "Pushes",
    "Releases",
    "Repositories",
    "Visibility changes",
)


def address() -> str:
    """What to paste at GitHub."""
    return urljoin(settings.SITE_URL, reverse("github:webhook"))


def _former_until(connection: Connection | None, at: datetime) -> datetime | None:
    """Until when the secret before the present one is taken."""
    until = connection.former_hook_secret_until if connection else None
    return until if until is not None and at < until else None


def webhook_of(source: Source) -> dict[str, Any] | None:
    """What the set-up card shows; None for sources that push nothing."""
    if source.connector != "github":
        return None
    hooks = Hook.objects.filter(
        provider=source.connector, repository_external_id=source.repository.external_id
    )
    return {
        **_card(source.connection, Delivery.objects.of_source(source)),
        "hook": hooks.order_by("-pk").first(),
        "missing": sum(deliveries_missing(source).values()),
        "repository": source.repository.name,
        "renew": reverse("connections:hook_secret", args=[source.pk]),
    }


def webhook_at(connection: Connection) -> dict[str, Any] | None:
    """The same for all repositories of a connection, whether or not there is one yet."""
    if connection.provider != "github":
        return None
    return {
        **_card(connection, Delivery.objects.of_connection(connection)),
        "renew": reverse("connections:access_secret", args=[connection.pk]),
    }


def _card(connection: Connection | None, came: DeliveryQuerySet) -> dict[str, Any]:
    """What both have: the address, the events, whether a secret is known, what came last."""
    own = (connection.sealed_hook_secret, connection.sealed_app_hook_secret) if connection else ()
    return {
        "address": address(),
        "events": EVENTS,
        "last": came.light().first(),
        "has_secret": bool(settings.GITHUB_WEBHOOK_SECRET) or any(own),
        "former_until": _former_until(connection, timezone.now()),
    }
