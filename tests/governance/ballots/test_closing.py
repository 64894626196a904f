"""The closing instant: what people read, whose clock counts, and ballots that come right then."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.template.loader import render_to_string
from django.utils import formats, timezone

from community.jobs import clock as clocks
from community.jobs.clock import story_at
from community.lib.refusals import Refused
from governance.ballots.casting import cast_ballot
from governance.ballots.election_forms import wall as wall_of
from governance.ballots.election_pages import both
from governance.ballots.folder.building import merkle_root
from governance.ballots.zoned import ANYWHERE, in_zone
from tests.factories.ballots import announced, people
from tests.nursery import Nursery

LATE = "2026-12-31T23:59:59"
LEAP = "2028-02-29T12:00:00"
# What clocks show there, and the instant in UTC.
SHOWN = [
    ("UTC", LATE, "2026-12-31T23:59:59"),
    (ANYWHERE, LATE, "2027-01-01T11:59:59"),
    ("Pacific/Kiritimati", LATE, "2026-12-31T09:59:59"),
    ("Pacific/Marquesas", LATE, "2027-01-01T09:29:59"),
    ("America/Los_Angeles", LATE, "2027-01-01T07:59:59"),
    ("America/Sao_Paulo", LATE, "2027-01-01T02:59:59"),
    ("Europe/Berlin", LATE, "2026-12-31T22:59:59"),
    ("Asia/Kolkata", LATE, "2026-12-31T18:29:59"),
    ("Asia/Kathmandu", LATE, "2026-12-31T18:14:59"),
    ("Asia/Shanghai", LATE, "2026-12-31T15:59:59"),
    ("Australia/Lord_Howe", LATE, "2026-12-31T12:59:59"),
    ("Pacific/Chatham", LATE, "2026-12-31T10:14:59"),
    (ANYWHERE, LEAP, "2028-03-01T00:00:00"),
    ("Asia/Shanghai", LEAP, "2028-02-29T04:00:00"),
    # The hours around summer time that do exist, once.
    ("Europe/Berlin", "2026-03-29T01:59:59", "2026-03-29T00:59:59"),
    ("Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T01:00:00"),
    ("Europe/Berlin", "2026-10-25T01:59:59", "2026-10-24T23:59:59"),
    ("Europe/Berlin", "2026-10-25T03:00:00", "2026-10-25T02:00:00"),
    ("America/New_York", "2026-03-08T03:00:00", "2026-03-08T07:00:00"),
]


@pytest.mark.parametrize(("zone", "wall", "instant"), SHOWN)
def test_what_is_shown_is_the_instant_that_is_kept(zone, wall, instant):
    shown_there = datetime.fromisoformat(wall)
    kept = in_zone(shown_there, zone)

    with timezone.override(ZoneInfo(zone)):
        shown = render_to_string("governance/ballots/_moment.html", {"moment": both(kept)})

    attribute = shown.partition('datetime="')[2].partition('"')[0]
    in_utc = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert kept == in_utc
    assert datetime.fromisoformat(attribute) == in_utc
    assert wall_of(kept, zone) == shown_there
    assert f">{formats.date_format(shown_there, 'DATETIME_FORMAT')} " in shown
    assert zone == "UTC" or f"({formats.date_format(in_utc, 'DATETIME_FORMAT')} UTC)" in shown


@pytest.mark.parametrize(
    ("zone", "wall"),
    [
        ("Europe/Berlin", "2026-03-29T02:30:00"),
        ("America/New_York", "2026-03-08T02:00:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15:00"),
        ("Pacific/Apia", "2011-12-30T12:00:00"),
        ("Europe/Berlin", "2026-10-25T02:30:00"),
        ("America/New_York", "2026-11-01T01:00:00"),
        ("Australia/Lord_Howe", "2026-04-05T01:45:00"),
    ],
)
def test_a_time_that_clocks_never_show_or_show_twice_is_refused(zone, wall):
    with pytest.raises(ValidationError):
        in_zone(datetime.fromisoformat(wall), zone)


# Whose clock counts


def accepted(*, closes_in: timedelta, host_is_off_by: timedelta) -> bool:
    """Whether a ballot gets in where the host's clock is wrong and the database's is right."""
    now = datetime.now(UTC).replace(microsecond=0)
    (voter,) = people(1)
    with story_at(now - timedelta(days=2)):
        election = announced([voter], opens_at=now - timedelta(days=1), closes_at=now + closes_in)
    with time_machine.travel(datetime.now(UTC) + host_is_off_by):
        try:
            cast_ballot(election=election, person=voter, choice={"ada": 1}, at=timezone.now())
        except Refused:
            return False
    return True


MINUTE, OFF = timedelta(minutes=1), timedelta(minutes=5)


@pytest.mark.django_db
@pytest.mark.parametrize("off", [-OFF, timedelta(), OFF])
@pytest.mark.parametrize("closes_in", [MINUTE, -MINUTE])
def test_only_the_clock_of_the_database_decides(closes_in, off):
    if connection.vendor == "sqlite" and closes_in > timedelta() and off > timedelta():
        pytest.skip("SQLite has no clock but that of its host, whose page refuses first")

    assert accepted(closes_in=closes_in, host_is_off_by=off) == (closes_in > timedelta())


@pytest.mark.django_db
def test_a_host_that_asks_its_own_clock_lets_late_ballots_in(monkeypatch):
    monkeypatch.setattr("governance.ballots.casting.database_now", timezone.now)

    def of_the_host() -> str:
        with story_at(timezone.now()):
            return clocks.now_in_sql()

    monkeypatch.setattr("governance.ballots.casting.now_in_sql", of_the_host)

    assert accepted(closes_in=-MINUTE, host_is_off_by=-OFF)


# Ballots that come right then


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def hall(request, tmp_path_factory):
    copies = request.getfixturevalue(f"{request.param}_copies")
    folder = tmp_path_factory.mktemp("closing")
    settings = {"GUILDHALL_DATA": str(folder), "LOG_LEVEL": "CRITICAL"}
    with Nursery(copies().start("tests.governance.ballots.box_rig", **settings)) as nursery:
        yield request.param, copies, nursery, folder


def rushed(hall, *off: str):
    """What four voters were answered around the close, and the database that kept it."""
    _, copies, nursery, folder = hall
    database, scene = copies(), folder / f"{len(list(folder.iterdir()))}.json"
    nursery.do("arrange", database.name, scene, 4, 3)
    nursery.do("rush", database.name, scene, *off)
    return database, json.loads(scene.with_suffix(".rush").read_text())


def box_of(database) -> tuple[int, str, bool]:
    """Ballots in the box with those they replaced, its root, and whether that was announced."""
    rows = database.rows("SELECT version, sha256 FROM ballots_envelope ORDER BY sha256")
    root = merkle_root(digest for _, digest in rows)
    ((said, number),) = database.rows("SELECT box_root, envelope_count FROM ballots_election")
    return sum(version for version, _ in rows), said, (said, number) == (root, len(rows))


def test_ballots_right_at_the_close_get_in_if_and_only_if_they_are_in_time(hall):
    database, found = rushed(hall)
    events = database.rows(
        "SELECT verb FROM audit_event WHERE verb IN ('ballots.cast', 'ballots.closed')"
        " ORDER BY number"
    )
    in_box, _, is_as_announced = box_of(database)

    closes, tried = found["closes"], found["tried"]
    got_in = [one for one in tried if one[2]]
    assert len(got_in) > 4
    assert max(begin for begin, _, _ in got_in) < closes
    assert [one for one in tried if one[1] < closes and not one[2]] == []
    assert in_box == len(got_in)
    assert events == [("ballots.cast",)] * len(got_in) + [("ballots.closed",)]
    assert is_as_announced


def test_without_holding_the_election_a_ballot_slips_into_a_box_that_is_shut(hall):
    if hall[0] == "sqlite":
        pytest.skip("SQLite has one writer at a time")

    for _ in range(5):
        database, _found = rushed(hall, "without_holding")
        if not box_of(database)[2]:
            return

    pytest.fail("Nothing slipped in.")
