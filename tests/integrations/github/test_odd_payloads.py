"""Signed deliveries that hold what GitHub never sends: they end with a reason and stop nothing."""

import copy
import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import RequestFactory

from contributors.activity.models import WorkItem
from integrations.connections.models import Delivery
from integrations.connections.receiving import Arrived, take_in
from integrations.github import applying, webhook
from integrations.github.signing import signature_of
from integrations.github.tasks import process
from tests.factories import NOON, repository
from tests.factories.connections import source
from tests.factories.deliveries import deliver
from tests.github_api.hooks import SECRET, HookedWorld, sent
from tests.github_api.world import Size
from tests.integrations.github.test_any_order import happen

pytestmark = pytest.mark.django_db
ODDITIES: tuple[Any, ...] = (
    None,
    10**30,
    -1,
    2**63,
    "",
    "x" * 5_000,
    "nul\x00",
    "\ud800",
    "9999-99-99T99:99:99Z",
    "0001-01-01T00:00:00Z",
    [],
    {},
    [None],
    True,
    0.5,
)


def paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of everything in a payload."""
    entries = node.items() if isinstance(node, dict) else enumerate(node)
    for name, child in entries:
        yield (*path, name)
        if isinstance(child, dict | list):
            yield from paths(child, (*path, name))


def broken(payload: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The payload with one thing missing or odd; it stays about the same repository."""
    found = copy.deepcopy(payload)
    places = [path for path in paths(found) if path[0] != "repository"]
    *way, last = chance.choice(places)
    node: Any = found
    for name in way:
        node = node[name]
    if chance.random() < 0.2 and isinstance(node, dict):
        del node[last]
    else:
        node[last] = chance.choice(ODDITIES)
    return found


def ends(count: int, seed: int = 5) -> Counter[str]:
    """How so many broken deliveries end; none may raise."""
    chance = random.Random(seed)
    world = HookedWorld(size=Size(4, 4, 6, 4, 4, 1, 2, 3))
    happen(world, chance, 10)
    of = source(connector="github", repository=repository(provider="github", external_id="7"))
    found: Counter[str] = Counter()
    for _each in range(count):
        one = chance.choice(world.deliveries)
        payload = broken(one.payload, chance)
        row = deliver(one.event, payload, repository=of.repository, action="")
        with transaction.atomic():
            process(delivery_id=row.pk)
        row.refresh_from_db()
        assert (row.state == "failed") == bool(row.problem), (row.state, str(row.problem))
        found[row.state] += 1
    return found


def test_broken_payloads_end_as_applied_or_failed_with_a_reason():
    found = ends(150)

    assert set(found) == {"done", "failed"}
    assert min(found.values()) > 5


def test_a_failed_delivery_writes_nothing_and_the_next_is_applied():
    world = HookedWorld(size=Size(2, 0, 0, 0, 0, 1, 0, 1))
    of = source(connector="github", repository=repository(provider="github", external_id="7"))
    good, bad = (one.payload for one in world.deliveries[:2])
    bad["issue"]["number"] = 10**30
    rows = [deliver("issues", one, repository=of.repository) for one in (bad, good)]

    for row in rows:
        process(delivery_id=row.pk)
        row.refresh_from_db()

    assert [row.state for row in rows] == ["failed", "done"]
    assert WorkItem.objects.count() == 1


def test_what_another_try_may_mend_is_tried_again(monkeypatch):
    def broken_off(*_: Any) -> None:
        raise ConnectionError

    of = source(connector="github", repository=repository(provider="github", external_id="7"))
    payload = HookedWorld(size=Size(1, 0, 0, 0, 0, 1, 0, 1)).deliveries[0].payload
    row = deliver("issues", payload, repository=of.repository)
    monkeypatch.setattr(applying, "_store", broken_off)

    with pytest.raises(ConnectionError), transaction.atomic():
        process(delivery_id=row.pk)

    row.refresh_from_db()
    assert row.state == "waiting"


def posted(body: bytes, *, length: str | None) -> int:
    """Post a signed body, as a server hands it on that was told no length."""
    headers = sent("label", {}).headers() | {"X-Hub-Signature-256": signature_of(body, SECRET)}
    kind = headers.pop("Content-Type")
    request = RequestFactory().post("/", body, content_type=kind, headers=headers)
    if length is None:
        del request.META["CONTENT_LENGTH"]
    else:
        request.META["CONTENT_LENGTH"] = length
    return webhook.receive(request).status_code


@pytest.mark.parametrize("length", [None, "0", "20"])
def test_a_body_without_its_true_length_is_measured(settings, length):
    settings.GITHUB_WEBHOOK_SECRET = SECRET
    frame = json.dumps({"label": "", "more": ""}).encode()
    body = frame[:-2] + b"x" * (webhook.LARGEST + 1 - len(frame)) + frame[-2:]

    assert (len(body), posted(body, length=length)) == (webhook.LARGEST + 1, 413)
    assert not Delivery.objects.exists()


def test_an_id_under_another_event_or_repository_is_known_even_without_its_body():
    first = Arrived("github", "0000-1111", "issues", b"{}", repository_external_id="7")
    others = (
        Arrived("github", "0000-1111", "push", b"[]", repository_external_id="7"),
        Arrived("github", "0000-1111", "issues", b"{}", repository_external_id="8"),
    )
    take_in(arrived=first, packed_body=b"x", at=NOON)
    Delivery.objects.update(packed_body=None)

    assert [take_in(arrived=one, packed_body=b"y", at=NOON) for one in others] == [None, None]
    kept = Delivery.objects.get()
    assert (kept.event, kept.repository_external_id, kept.body) == ("issues", "7", None)
