"""GitHub's own record of what it sent, held against what arrived."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import urllib3
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop as _
from urllib3.exceptions import HTTPError

from community.lib.refusals import NOTHING, Refused, Sentence
from integrations.connections.keys import first_secret
from integrations.connections.models import (
    Connection,
    Credential,
    Delivery,
    Hook,
    MissedDelivery,
    Source,
)
from integrations.connections.sealing import unseal
from integrations.connections.tokens import keys_of
from integrations.github.answers import links_of
from integrations.github.applying import ask_for_runs
from integrations.github.mapping import SOURCE, required
from integrations.github.passes import HEADERS, as_app

IN_FLIGHT = timedelta(minutes=5)
OVERLAP = timedelta(minutes=30)
KEPT_AT_GITHUB = timedelta(days=3)
MOST_PAGES = 20
MOST_ASKED = 50  # sent again after one comparison
_pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=10, read=20))
MAY_NOT = _(
    "GitHub does not let us read its record of this webhook, so that deliveries that got lost "
    "are found by readings only. A token with admin:repo_hook, or the app itself, may."
)


@dataclass(frozen=True, slots=True)
class Record:
    """Where GitHub keeps the record of a hook, and what it is opened with."""

    path: str
    secret: Mapping[str, str]

    def listed(self, since: datetime) -> Iterator[Mapping[str, Any]]:
        """What was sent since, the latest first. Raises `Refused`."""
        url = f"{settings.GITHUB_API_URL}/{self.path}?per_page=100"
        for _page in range(MOST_PAGES):
            found, url = self._asked("GET", url)
            for one in found:
                if required(one["delivered_at"]) < since:
                    return
                yield one
            if not url:
                return

    def send_again(self, number: int) -> None:
        """Have one delivery sent again, under the same id. Raises `Refused`."""
        self._asked("POST", f"{settings.GITHUB_API_URL}/{self.path}/{number}/attempts")

    def _asked(self, method: str, url: str) -> tuple[Any, str]:
        """An answer and the address of the next page. Raises `Refused`."""
        if not url.startswith(f"{settings.GITHUB_API_URL}/"):
            raise Refused("moved_away", Sentence(MAY_NOT))
        try:
            answer = _pool.request(method, url, headers={**HEADERS, **self.secret}, redirect=False)
            data = json.loads(answer.data or b"[]")
        except (HTTPError, ValueError):
            raise _unreachable() from None
        if answer.status == 429 or answer.status >= 500 or _is_limit(answer):
            raise _unreachable()
        if answer.status >= 300:
            raise Refused("no_access", Sentence(MAY_NOT))
        return data, links_of(answer.headers.get("Link", "")).get("next", "")


def _is_limit(answer: urllib3.BaseHTTPResponse) -> bool:
    left = answer.headers.get("X-RateLimit-Remaining")
    return answer.status == 403 and (left == "0" or "Retry-After" in answer.headers)


def _unreachable() -> Refused:
    reason = _("GitHub did not answer properly. We will try again later.")
    return Refused("unreachable", Sentence(reason))


def record_of(hook: Hook) -> Record:
    """The record of a hook and a key to it. Raises `Refused` where we have none."""
    if hook.target == "integration":
        return _record_of_app(hook)
    source = (
        Source.objects.select_related("repository", "connection")
        .filter(connector=SOURCE, repository__external_id=hook.repository_external_id)
        .first()
    )
    secret = first_secret(keys_of(source)) if source else ""
    if source is None or not secret:
        raise Refused("no_access", Sentence(MAY_NOT))
    place = f"repos/{source.location}"
    if hook.target == "organization":
        place = f"orgs/{source.location.partition('/')[0]}"
    path = f"{place}/hooks/{hook.external_id}/deliveries"
    return Record(path, {"Authorization": f"Bearer {secret}"})


def _record_of_app(hook: Hook) -> Record:
    apps = Credential.objects.filter(
        connection__in=Connection.objects.filter(provider=SOURCE),
        kind=Credential.Kind.APP,
        app_id=hook.target_id,
    )
    app = apps.first()
    if app is None:
        raise Refused("no_access", Sentence(MAY_NOT))
    return Record("app/hook/deliveries", as_app(app.app_id, unseal(app.sealed_secret)))


def compare_hook(*, hook: Hook, at: datetime) -> None:
    """Find what GitHub sent and we did not get; ask for it again, and for a run.

    Where GitHub shows us no record, the hook says so and nothing else happens.
    """
    until = at - IN_FLIGHT
    known_until = hook.checked_until - OVERLAP if hook.checked_until else hook.first_seen_at
    since = max(known_until, at - KEPT_AT_GITHUB)
    try:
        record = record_of(hook)
        listed = [one for one in record.listed(since) if required(one["delivered_at"]) <= until]
    except Refused as refusal:
        Hook.objects.filter(pk=hook.pk).update(checked_at=at, problem=Sentence.of(refusal.reason))
        return
    missed = _note_missed(hook, listed, until=until, at=at)
    ask_for_runs(_sources_of(missed), at=at)
    _have_sent_again(record, missed, at)


@transaction.atomic
def _note_missed(
    hook: Hook, listed: Sequence[Mapping[str, Any]], *, until: datetime, at: datetime
) -> list[MissedDelivery]:
    """Remember what did not arrive; gives those that nobody has asked for again yet."""
    sent = {str(one["guid"]).lower(): one for one in listed}  # the first of each comes last
    rows = [
        MissedDelivery(
            hook=hook,
            delivery_id=guid[:100],
            number=one["id"],
            event=str(one["event"])[:60],
            action=str(one.get("action") or "")[:60],
            repository_external_id=str(one.get("repository_id") or ""),
            sent_at=required(one["delivered_at"]),
        )
        for guid, one in sent.items()
    ]
    arrived = Delivery.objects.filter(provider=hook.provider, delivery_id__in=list(sent))
    here = set(arrived.values_list("delivery_id", flat=True))
    MissedDelivery.objects.bulk_create(
        [row for row in rows if row.delivery_id not in here], ignore_conflicts=True
    )
    Hook.objects.filter(pk=hook.pk).update(checked_at=at, checked_until=until, problem=NOTHING)
    return list(
        hook.missed.still_missing().filter(asked_at=None).order_by("sent_at", "pk")[:MOST_ASKED]
    )


def _sources_of(missed: Sequence[MissedDelivery]) -> list[Source]:
    repositories = {one.repository_external_id for one in missed}
    found = Source.objects.filter(connector=SOURCE, repository__external_id__in=repositories)
    return list(found.order_by("pk"))


def _have_sent_again(record: Record, missed: Sequence[MissedDelivery], at: datetime) -> None:
    """Ask GitHub for each once; the run that was asked for serves where it refuses."""
    for one in missed:
        try:
            record.send_again(one.number)
        except Refused:
            return
        MissedDelivery.objects.filter(pk=one.pk).update(asked_at=at)
