"""Copies of the pictures that identities show elsewhere, made when their hosts answer."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.cache import cache

from community.jobs.actions import enqueue
from community.people.actions import set_avatar
from community.people.avatars import HostAway, fetch
from community.people.models import Identity

log = structlog.get_logger(__name__)
BATCH = 200
# A host that did not answer is left in peace for so long, as on a site without a way out.
PEACE = timedelta(hours=6)


def copy_picture(*, identity: Identity, at: datetime) -> None:
    """Keep a copy of the picture an identity shows, unless the person has one.

    A host that does not answer is asked again later, for this picture and all others.
    """
    host = str(urlsplit(identity.avatar_url).hostname)
    if identity.erased_at or identity.person.avatar or cache.get(_key(host)):
        return
    try:
        picture = fetch(identity.avatar_url)
    except HostAway as error:
        cache.set(_key(host), "away", PEACE.total_seconds())
        log.warning("avatar_host_away", host=host, why=str(error)[:200])
        return
    Identity.objects.filter(pk=identity.pk).update(avatar_checked_at=at)
    if picture:
        set_avatar(person=identity.person, picture=picture)


def plan_pictures(*, at: datetime) -> None:
    """One job for each of the next people whose picture was never asked for, once a day at most."""
    awaited = Identity.objects.picture_awaited().order_by("pk")
    for host in settings.AVATAR_HOSTS:
        if cache.get(_key(host)):
            awaited = awaited.exclude(avatar_url__startswith=f"https://{host}/")
    for key in awaited.values_list("pk", flat=True)[:BATCH]:
        slot = f"people.fetch_avatar:{key}:{at:%Y-%m-%d}"
        enqueue("people.fetch_avatar", unique_key=slot, identity_id=key)


def _key(host: str) -> str:
    return f"avatars:away:{host}"
