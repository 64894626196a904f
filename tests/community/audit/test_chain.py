"""The chain: linear while many write, exact after a round trip, closed to changes."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import DatabaseError, connection, models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community.audit.actions import record
from community.audit.chain import GENESIS, Head, plain, seal
from community.audit.models import Event
from community.audit.querysets import AppendOnly
from community.audit.triggers import lift, protect
from community.audit.verify import verify
from tests import factories
from tests.conftest import NOON

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def protected(db):
    """The triggers as they are outside of tests."""
    protect(connection)
    yield
    lift(connection)


def test_the_first_event_follows_from_the_genesis_hash(db):
    event = record(verb="test.begun", subject="test", at=NOON)

    assert (event.number, event.previous_hash, event.hash) == (1, GENESIS, event.seal)


def test_each_event_follows_from_the_one_before(db):
    first, second = (record(verb="test.begun", subject="test", at=NOON) for _ in range(2))

    assert (second.number, second.previous_hash) == (2, first.hash)


def test_the_seal_is_the_documented_line():
    sealed = seal(
        previous_hash=GENESIS,
        number=1,
        verb="people.merged",
        actor_id=7,
        subject="people.person:9",
        facts={"b": "é", "a": [0.5, None]},
        happened_at=NOON,
    )

    line = (
        f'["{GENESIS}",1,"people.merged",7,"people.person:9",'
        r'{"a":[0.5,null],"b":"\u00e9"},"2026-03-14T12:00:00.000000Z"]'
    )
    assert sealed == hashlib.sha256(line.encode()).hexdigest()


def test_a_subject_is_named_by_its_table_and_id(db):
    person = factories.person()

    assert record(verb="t.t", subject=person, at=NOON).subject == f"people.person:{person.pk}"


def test_an_event_needs_a_time_zone(db):
    with pytest.raises(ValueError, match="time zone"):
        record(verb="test.begun", subject="test", at=NOON.replace(tzinfo=None))


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_not_recorded(db, number):
    with pytest.raises(ValueError, match="JSON"):
        record(verb="test.begun", subject="test", at=NOON, number=number)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(value=JSON)
def test_plain_facts_are_plain_already(value):
    once = plain(value)

    assert json.dumps(plain(once)) == json.dumps(once)


@pytest.mark.parametrize(
    "facts",
    [
        {"floats": [0.1, 1e-7, 1.0, -0.0, 1e16, 1e300, 123456789.123456789]},
        {"whole": [2**63, -(2**70), 0]},
        {"text": '结束 \u0000 \ud800 \U0001f600 "quoted" \\ / \n'},
        {"b": {"z": 1, "a": [True, None, {}]}, "a": [], "": ""},
    ],
)
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 14, 12, 0, 0, 1, tzinfo=UTC),
        datetime(2026, 3, 14, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    ],
)
def test_an_event_read_back_has_the_seal_it_was_given(db, facts, moment):
    record(verb="test.kept", subject="test", at=moment, **facts)

    event = Event.objects.get()

    assert event.seal == event.hash


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(value=JSON)
def test_any_facts_read_back_have_the_seal_they_were_given(db, value):
    event = record(verb="test.kept", subject="test", at=NOON, value=value)

    assert Event.objects.get(pk=event.pk).seal == event.hash


def test_erasing_a_person_leaves_the_chain_whole(db):
    person = factories.person("gone", name="Somebody")
    record(verb="people.joined", subject=person, actor=person, at=NOON)

    person.handle, person.name = "erased-1", ""
    person.save()

    assert verify().is_sound


def test_a_person_in_the_log_cannot_be_deleted(db):
    person = factories.person()
    record(verb="people.joined", subject=person, actor=person, at=NOON)

    with pytest.raises(models.ProtectedError):
        person.delete()


@pytest.mark.parametrize(
    "change",
    [
        lambda event: event.save(),
        lambda event: event.delete(),
        lambda _: Event.objects.update(verb="other"),
        lambda _: Event.objects.all().delete(),
        lambda event: Event.objects.bulk_update([event], ["verb"]),
    ],
)
def test_the_model_refuses_changes(db, change):
    event = record(verb="test.begun", subject="test", at=NOON)

    with pytest.raises(AppendOnly):
        change(event)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET verb = 'other'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
    ],
)
def test_the_database_refuses_changes(protected, statement):
    record(verb="test.begun", subject="test", at=NOON)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Event.objects.get().verb == "test.begun"


@pytest.mark.services
def test_a_fresh_database_has_the_triggers(shared_database):
    printed = shared_database.run("tests.community.audit.vandal")

    assert printed == "refused refused\n"


def test_a_head_survives_its_file():
    head = Head(3, "ab", "2026-03-14T12:00:00.000000Z")

    assert Head.from_json(head.to_json()) == head


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"number": "x", "hash": ""}', "null"])
def test_what_is_no_head_is_refused(text):
    with pytest.raises(ValueError, match="exported head"):
        Head.from_json(text)


@pytest.mark.services
def test_eight_processes_write_one_chain(shared_database):
    refused = shared_database.run("tests.community.audit.writers", 8, 50)
    verdict = shared_database.run("django", "audit", "verify")

    assert refused == "0\n"
    assert verdict.startswith("400 events, unbroken.")


@pytest.mark.services
def test_without_the_lock_eight_processes_collide(shared_database):
    refused = shared_database.run("tests.community.audit.writers", 8, 50, "unlocked")

    assert int(refused) > 0
