"""What comes in at the webhook, and what is turned away at its door."""

import gzip
import json
import logging
import random
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse

from community.jobs.models import Job
from integrations.connections import receiving
from integrations.connections.models import Delivery
from integrations.github import webhook
from integrations.github.signing import signature_of
from tests.github_api.hooks import SECRET, Sent, sent

pytestmark = pytest.mark.django_db
ADDRESS = "/integrations/github/webhook"
PAYLOADS = Path(__file__).resolve().parents[4] / "shared/data/payloads/webhook_headers.jsonl"
MUTATIONS = 10_000
GOOD = sent(
    "label", {"action": "created", "label": {"id": 1, "name": "关"}, "repository": {"id": 7}}
)


@pytest.fixture(autouse=True)
def secret(settings):
    settings.GITHUB_WEBHOOK_SECRET = SECRET


def post(one: Sent = GOOD, *, body: bytes | None = None, **changed: str | None) -> int:
    """Post a delivery with changed headers; None leaves a header out. Gives the status."""
    headers = {**one.headers(), **changed}
    kept = {name: value for name, value in headers.items() if value is not None}
    kind = kept.pop("Content-Type", "application/json")
    sent_body = one.body() if body is None else body
    return Client().post(ADDRESS, sent_body, content_type=kind, headers=kept).status_code


def resigned(body: bytes, **changed: str | None) -> int:
    """Post another body, properly signed."""
    return post(body=body, **{"X-Hub-Signature-256": signature_of(body, SECRET), **changed})


def stored() -> tuple[int, int]:
    """How many rows and how many jobs there are."""
    jobs = Job.objects.filter(task="github.process_delivery")
    return Delivery.objects.count(), jobs.count()


def test_a_signed_delivery_is_stored_as_it_came_and_handed_to_a_job():
    status = post()

    kept = Delivery.objects.get()
    assert (status, kept.body, stored()) == (202, GOOD.body(), (1, 1))
    assert (kept.event, kept.action, kept.repository_external_id) == ("label", "created", "7")
    assert (kept.hook_id, kept.state, kept.size) == ("4242", "waiting", len(GOOD.body()))
    assert "X-Hub-Signature-256" not in kept.headers


def test_an_answer_waits_for_two_looks_and_two_rows(django_assert_num_queries):
    """Its connection's secrets, whether it is known; then the row and the job, in one go."""
    post(Sent("0123456789abcdef", GOOD.event, GOOD.text))

    with django_assert_num_queries(6):  # a savepoint's beginning and end, for want of a commit
        post()


class Turn:
    """Notes how many writers are within at once."""

    def __init__(self) -> None:
        self.entered = 0

    def __enter__(self) -> None:
        self.entered += 1

    def __exit__(self, *_: object) -> None: ...


def test_on_sqlite_writers_of_one_process_wait_in_a_row(monkeypatch):
    turn = Turn()
    monkeypatch.setattr(receiving, "_turn", turn)

    post()

    assert turn.entered == (connection.vendor == "sqlite")


def test_the_address_is_the_one_that_github_is_told():
    assert reverse("github:webhook") == ADDRESS


def test_a_form_is_signed_over_its_raw_body():
    headers = GOOD.headers(as_form=True)
    kind = headers.pop("Content-Type")

    answer = Client().post(ADDRESS, GOOD.body(as_form=True), content_type=kind, headers=headers)

    assert (answer.status_code, Delivery.objects.get().body) == (202, GOOD.body(as_form=True))


def test_a_delivery_needs_neither_session_nor_token_of_a_form():
    client = Client(enforce_csrf_checks=True)
    headers = GOOD.headers()
    kind = headers.pop("Content-Type")

    answer = client.post(ADDRESS, GOOD.body(), content_type=kind, headers=headers)

    assert (answer.status_code, dict(answer.cookies)) == (202, {})


def test_a_repeated_id_is_answered_and_stored_once():
    again = post(), post(), post(**{"X-GitHub-Delivery": GOOD.guid.upper()})

    assert (again, stored()) == ((202, 202, 202), (1, 1))


VALID = signature_of(GOOD.body(), SECRET)
DIGEST = VALID.removeprefix("sha256=")
ZIPPED = gzip.compress(GOOD.body(), mtime=0)
CASES = {
    "sha256=": lambda: post(**{"X-Hub-Signature-256": "sha256="}),
    "sha256=00": lambda: post(**{"X-Hub-Signature-256": "sha256=00"}),
    "sha1=valid-sha1-only": lambda: post(
        **{"X-Hub-Signature-256": None, "X-Hub-Signature": "sha1=" + "0" * 40}
    ),
    "SHA256=<valid upper case hex>": lambda: post(
        **{"X-Hub-Signature-256": f"SHA256={DIGEST.upper()}"}
    ),
    "<valid hex without prefix>": lambda: post(**{"X-Hub-Signature-256": DIGEST}),
    "sha256=<valid for another secret>": lambda: post(
        **{"X-Hub-Signature-256": signature_of(GOOD.body(), "another")}
    ),
    "sha256=<valid for body + newline>": lambda: post(
        **{"X-Hub-Signature-256": signature_of(GOOD.body() + b"\n", SECRET)}
    ),
    "(header missing)": lambda: post(**{"X-Hub-Signature-256": None}),
    # A server joins what stands twice with a comma.
    "(header twice, first valid)": lambda: post(
        **{"X-Hub-Signature-256": f"{VALID},sha256={'0' * 64}"}
    ),
    "sha256=<valid> with Content-Encoding: gzip body": lambda: resigned(
        ZIPPED, **{"Content-Encoding": "gzip"}
    ),
    "sha256=<valid> X-GitHub-Event: ping": lambda: post(**{"X-GitHub-Event": "ping"}),
    "sha256=<valid> body invalid UTF-8": lambda: resigned(b'{"label": "\xff"}'),
    "sha256=<valid> body duplicate JSON keys": lambda: resigned(b'{"label": 1, "label": 2}'),
    "sha256=<valid> body NaN / 1e999 / 10k nesting": lambda: (
        resigned(b'{"label": NaN}'),
        resigned(b'{"label": 1e999}'),
        resigned(b'{"label": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"),
        resigned(b'{"label": ' + b"[" * 200 + b"]" * 200 + b"}"),
    ),
    "sha256=١٢": lambda: post(**{"X-Hub-Signature-256": "sha256=١٢"}),
}


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_what_github_would_not_send_is_refused_without_a_row(settings, name, debug):
    settings.DEBUG = debug

    answer = CASES[name]()

    statuses = answer if isinstance(answer, tuple) else (answer,)
    assert (set(statuses), stored()) == ({403}, (0, 0))


def test_a_body_beyond_what_github_sends_is_refused_without_reading_it():
    body = b"{" + b" " * (25 * 1024 * 1024)

    assert (resigned(body), stored()) == (413, (0, 0))


def test_a_large_body_that_github_may_send_is_taken():
    body = json.dumps({"label": {}, "more": "x" * 8_000_000}).encode()

    assert (resigned(body), Delivery.objects.get().size) == (202, len(body))


def test_a_reused_id_makes_no_second_row():
    post()

    status = resigned(b'{"action": "edited", "label": {}}')

    assert (status, stored(), Delivery.objects.get().action) == (202, (1, 1), "created")


@pytest.mark.parametrize(
    "changed",
    [
        {"X-Hub-Signature-256": f" {VALID}"},
        {"X-Hub-Signature-256": f"{VALID} "},
        {"X-Hub-Signature-256": f"{VALID}\t"},
        {"X-Hub-Signature-256": f"sha256= {DIGEST}"},
        {"X-Hub-Signature-256": f"sha256={DIGEST.upper()}"},
        {"X-Hub-Signature-256": f"Sha256={DIGEST}"},
        {"X-Hub-Signature-256": f"sha256={DIGEST[:-1]}"},
        {"X-Hub-Signature-256": f"sha256={DIGEST}0"},
        {"X-Hub-Signature-256": f"sha512={DIGEST}"},
        {"X-Hub-Signature-256": "sha256=" + "\uff10" * 64},
        {"X-GitHub-Event": None},
        {"X-GitHub-Event": "Label"},
        {"X-GitHub-Event": "label\u0000"},
        {"X-GitHub-Delivery": None},
        {"X-GitHub-Delivery": ""},
        {"X-GitHub-Delivery": "../../etc"},
        {"X-GitHub-Delivery": "a" * 200},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/xml"},
    ],
)
def test_odd_headers_are_refused_without_a_row(changed):
    assert (post(**changed), stored()) == (403, (0, 0))


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("known", ["", "   "])
def test_without_a_secret_nothing_is_signed(settings, known, debug):
    settings.DEBUG, settings.GITHUB_WEBHOOK_SECRET = debug, known

    statuses = {
        post(**{"X-Hub-Signature-256": signature_of(GOOD.body(), guess)})
        for guess in ("", known, "None", "secret")
    }

    assert (statuses, stored()) == ({403}, (0, 0))


def test_every_case_that_is_handed_to_all_projects_is_tried():
    if not PAYLOADS.exists():
        pytest.skip("the shared payloads are not beside this checkout")
    named = [json.loads(line)["payload"] for line in PAYLOADS.read_text().splitlines()]

    elsewhere = {"sha256=<valid> but X-GitHub-Delivery reused", "sha256=<valid> body 25 MiB"}
    assert set(named) == set(CASES) | elsewhere


LETTERS = "0123456789abcdefABCDEF =,;\u0661\u00e9xyz\x00"
SIGNATURES = (  # a signature that is nearly right
    lambda chance, at: VALID[:at] + chance.choice(LETTERS) + VALID[at + 1 :],
    lambda chance, at: VALID[:at] + chance.choice(LETTERS) + VALID[at:],
    lambda chance, at: VALID[:at],
    lambda chance, at: chance.choice((VALID.upper(), VALID * 2, f"{VALID}, {VALID}", VALID[7:])),
    lambda chance, at: signature_of(GOOD.body(), SECRET[: at % len(SECRET)]),
)
BODIES = (  # a body that is nearly the one that was signed
    lambda body, chance, at: (
        body[:at] + bytes([body[at] ^ 1 << chance.randrange(8)]) + body[at + 1 :]
    ),
    lambda body, chance, at: body[:at] + body[at + 1 :],
    lambda body, chance, at: body[:at] + bytes([chance.randrange(256)]) + body[at:],
)


def mutations(seed: int, count: int) -> Iterator[tuple[bytes, str]]:
    """Bodies and signatures that are nearly right."""
    chance, body = random.Random(seed), GOOD.body()
    while count:
        if chance.random() < 0.6:
            forged = body, chance.choice(SIGNATURES)(chance, chance.randrange(len(VALID)))
        else:
            forged = chance.choice(BODIES)(body, chance, chance.randrange(len(body))), VALID
        if forged != (body, VALID):
            count -= 1
            yield forged


def accepted(seed: int, count: int) -> int:
    """How many mutations are let in."""
    factory, taken = RequestFactory(), 0
    headers = GOOD.headers()
    logging.disable(logging.CRITICAL)
    for body, signature in mutations(seed, count):
        headers["X-Hub-Signature-256"] = signature
        request = factory.post(ADDRESS, body, content_type="application/json", headers=headers)
        taken += webhook.receive(request).status_code == 202
    logging.disable(logging.NOTSET)
    return taken


@pytest.mark.alike
def test_of_ten_thousand_forged_deliveries_none_is_accepted(settings):
    settings.DEBUG = True

    taken = accepted(19, MUTATIONS)

    assert (taken, stored()) == (0, (0, 0))


def test_a_lax_comparison_would_be_caught(monkeypatch):
    def lax(body: bytes, signature: str, secrets: list[str]) -> list[int]:
        known = enumerate(secrets)
        return [n for n, one in known if signature[:40] == signature_of(body, one)[:40]]

    monkeypatch.setattr(webhook, "fitting", lax)

    assert accepted(19, 500) > 0


def test_taking_a_delivery_in_costs_few_queries(django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        post()


needs_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="needs TEST_DATABASE_URL=postgres://"
)


def race(one: Sent) -> tuple[int, int]:
    """Eight equal deliveries at once; gives rows and jobs."""
    ready = Barrier(8)

    def work() -> None:
        try:
            ready.wait(10)
            post(one)
        finally:
            connection.close()

    threads = [Thread(target=work) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = Delivery.objects.filter(delivery_id=one.guid).count()
    return rows, Job.objects.filter(task="github.process_delivery").count()


@needs_postgresql
@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_of_eight_equal_deliveries_at_once_one_is_stored():
    found = [race(sent("ping", {"hook_id": 1}, number=number)) for number in range(5)]

    assert found == [(1, jobs) for jobs in range(1, 6)]


@needs_postgresql
@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_without_the_key_of_the_table_more_than_one_would_be_stored():
    key = next(one for one in Delivery._meta.constraints if one.name == "delivery_once")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Delivery, key)
    try:
        found = [race(sent("ping", {"hook_id": 1}, number=number))[0] for number in range(5)]
    finally:
        Delivery.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Delivery, key)

    assert max(found) > 1
