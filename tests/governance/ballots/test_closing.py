"""The closing instant: what people read, whose clock counts, and ballots that come right then."""

import json
import os
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.utils import formats, timezone

from community.jobs import clock as clocks
from community.jobs.clock import story_at
from community.lib.refusals import Refused
from governance.ballots import casting
from governance.ballots.casting import cast_ballot
from governance.ballots.election_forms import wall as wall_of
from governance.ballots.election_pages import both
from governance.ballots.folder.building import merkle_root
from governance.ballots.zoned import ANYWHERE, WallClockField, in_zone
from tests.factories.ballots import CLOSES, OPENS, announced, people
from tests.governance.ballots.site import Came, Rig, Site, rig_on
from tests.nursery import Nursery

ENDURES = bool(os.environ.get("ENDURANCE"))
# Ballots across the close, seconds between two of them, and until it when the site is set up.
SPREAD = (1_000, 0.02, 25) if ENDURES else (80, 0.025, 5)

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


@pytest.mark.parametrize("wall", ["2026-12-31T23:59:59", "2026-12-31T23:59:00"])
def test_a_form_gives_back_the_time_that_it_was_given(wall):
    field, given = WallClockField(), datetime.fromisoformat(wall)

    assert field.to_python(field.prepare_value(given)) == given


def in_words(moment: datetime) -> str:
    if moment.second:
        return f"{formats.date_format(moment, 'DATE_FORMAT')} {moment.time().isoformat()}"
    return formats.date_format(moment, "DATETIME_FORMAT")


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
    assert f">{in_words(shown_there)} " in shown
    assert zone == "UTC" or f"({in_words(in_utc)} UTC)" in shown


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


# What stands on the page, for readers in each zone

ZONES = sorted({zone for zone, _, _ in SHOWN})
MONTHS = "Jan. Feb. March April May June July Aug. Sept. Oct. Nov. Dec."
MOMENTS = [
    "2026-12-31T23:59",  # the end of a year
    "2026-12-31T23:59:59",
    "2027-01-01T11:59",  # of the same year, anywhere on Earth
    "2028-02-29T12:00",
    "2028-03-01T11:59",  # the end of that leap day, anywhere on Earth
    "2026-03-29T00:59",  # Berlin jumps an hour after this one
    "2026-03-29T01:00",
    "2026-10-25T00:30",  # 2:30 there
    "2026-10-25T01:30",  # 2:30 again
    "2026-03-08T07:00",  # New York has jumped
    "2026-11-01T05:30",  # 1:30 there
    "2026-11-01T06:30",  # 1:30 again
    "2026-04-04T14:45",  # Lord Howe goes back by half an hour
    "2026-04-04T15:15",
    "2026-10-03T15:30",  # and forth
]
SAID = re.compile(r'until <time datetime="(.+?)">(.+?) (\S+)</time>(.+?)</p>', re.DOTALL)
IN_UTC = re.compile(r"\((.+?) UTC\)")


def read(words: str) -> datetime:
    """A date and a time as people read them, such as “Feb. 29, 2028, 3:45 p.m.”."""
    month, day, year, clock, *half = words.replace(",", "").split()
    names = {"midnight": (0, 0, 0), "noon": (12, 0, 0)}
    hour, minute, second = names.get(clock) or map(int, [*clock.split(":"), "0", "0"][:3])
    if half:
        hour = hour % 12 + 12 * (half[0] == "p.m.")
    return datetime(int(year), MONTHS.split().index(month) + 1, int(day), hour, minute, second)  # noqa: DTZ001


def said_to(voter, election, zone: str) -> tuple[str, str]:
    """The moment of the close as the page says it there: with the zone, and in UTC."""
    type(voter).objects.filter(pk=voter.pk).update(time_zone=zone)
    browser = Client()
    browser.force_login(voter, backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get(election.get_absolute_url()).content.decode()
    attribute, there, name, rest = SAID.search(page).groups()
    in_utc = there if name == "UTC" else IN_UTC.search(rest)[1]
    assert datetime.fromisoformat(attribute) == election.closes_at
    return f"{there} {name}", in_utc


def open_until(closes: datetime, clock, voter):
    clock.set(closes - timedelta(days=2))
    election = announced([voter], opens_at=closes - timedelta(days=1), closes_at=closes)
    clock.set(closes - timedelta(hours=1))
    return election


@pytest.mark.django_db
@pytest.mark.parametrize("moment", MOMENTS)
def test_each_reader_is_told_the_very_moment_of_the_close(moment, clock, member):
    closes = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    election = open_until(closes, clock, member)

    said = {zone: said_to(member, election, zone) for zone in ZONES}

    there = {zone: closes.astimezone(ZoneInfo(zone)) for zone in ZONES}
    names = {zone: said[zone][0].rpartition(" ")[2] for zone in ZONES}
    assert names == {zone: one.tzname() for zone, one in there.items()}
    walls = {zone: read(said[zone][0].rpartition(" ")[0]) for zone in ZONES}
    assert walls == {zone: one.replace(tzinfo=None, fold=0) for zone, one in there.items()}
    assert {read(in_utc) for _, in_utc in said.values()} == {closes.replace(tzinfo=None)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "first", "second"),
    [
        ("Europe/Berlin", "2026-10-25T00:30", "2026-10-25T01:30"),
        ("America/New_York", "2026-11-01T05:30", "2026-11-01T06:30"),
        ("Australia/Lord_Howe", "2026-04-04T14:45", "2026-04-04T15:15"),
    ],
)
def test_a_time_that_clocks_show_twice_is_told_apart(zone, first, second, clock, member):
    moments = [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (first, second)]

    one, two = (said_to(member, open_until(it, clock, member), zone)[0] for it in moments)

    assert one.rpartition(" ")[0] == two.rpartition(" ")[0]
    assert one != two


# Whose clock counts


@pytest.mark.django_db
@pytest.mark.parametrize(("microseconds", "gets_in"), [(-1, True), (0, False), (1, False)])
def test_the_statement_alone_tells_microseconds_apart(microseconds, gets_in, clock, monkeypatch):
    monkeypatch.setattr(casting, "database_now", lambda: OPENS)  # the page lets everything pass

    assert gets_in_at(CLOSES + timedelta(microseconds=microseconds), clock) == gets_in


@pytest.mark.django_db
def test_a_statement_with_an_end_that_is_not_open_would_take_one_at_the_close(clock, monkeypatch):
    monkeypatch.setattr(casting, "database_now", lambda: OPENS)
    # SQLite compares what is written, where the close has no digits after the second.
    end = "e.closes_at" if connection.vendor == "postgresql" else "e.closes_at || '.000000'"
    in_time = casting.IN_TIME.replace("< e.closes_at", f"<= {end}")
    monkeypatch.setattr(casting, "IN_TIME", in_time)

    assert gets_in_at(CLOSES, clock)


def gets_in_at(moment: datetime, clock) -> bool:
    (voter,) = people(1)
    election = announced([voter])
    clock.set(moment)
    try:
        cast_ballot(election=election, person=voter, choice={"ada": 1}, at=OPENS)
    except Refused:
        return False
    return True


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


# Ballots across the close, to a site whose processes have wrong clocks


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def rig(request, tmp_path_factory) -> Rig:
    copies = request.getfixturevalue(f"{request.param}_copies")
    with rig_on(copies, tmp_path_factory.mktemp("across")) as rig:
        yield rig


def came_across(rig: Rig, *off: str) -> tuple[list[Came], Site, list[int]]:
    """What everybody was answered, by which site, and whose envelopes lie in the box."""
    voters, gap, seconds = SPREAD
    with rig.site("clocks_apart", *off, voters=voters, seconds=seconds) as site:
        came = site.across_the_close(gap)
        query = """SELECT v.person_id FROM ballots_envelope e
            JOIN rolls_voter v ON v.id = e.voter_id"""
        in_box = [person for (person,) in site.database.rows(query)]
        return came, site, in_box


def late(came: list[Came], closes: float) -> list[Came]:
    """Accepted though the database's clock, or that of whoever sent it, showed the close."""
    return [one for one in came if one.is_accepted and one.begin >= closes]


def early(came: list[Came], closes: float) -> list[Came]:
    """Refused though the close had not come."""
    return [one for one in came if not one.is_accepted and one.end < closes]


def of_each(came: list[Came]) -> Counter[tuple[int, bool]]:
    """How many were accepted and how many refused, by how wrong the process's clock was."""
    assert {one.status for one in came} <= {200, 201, 409}
    assert len(came) == SPREAD[0]
    return Counter((one.minutes_off, one.is_accepted) for one in came)


FEW = SPREAD[0] // 20
EACH = [(5, True), (5, False), (-5, True), (-5, False)]


@pytest.mark.timeout(300)
def test_two_processes_with_wrong_clocks_take_ballots_until_the_close_and_none_after(rig):
    came, site, in_box = came_across(rig)

    assert late(came, site.closes) == []
    assert sorted(in_box) == sorted(one.voter for one in came if one.is_accepted)
    number = of_each(came)
    if site.database.url.startswith("sqlite"):
        # The rule goes by the process's own clock there: the fast one refuses too early.
        assert {one.minutes_off for one in early(came, site.closes)} <= {5}
        assert number[5, True] == 0
        assert min(number[one] for one in EACH[1:]) > FEW
    else:
        assert early(came, site.closes) == []
        assert min(number[one] for one in EACH) > FEW


@pytest.mark.timeout(300)
def test_the_statement_alone_takes_ballots_until_the_close_and_none_after(rig):
    came, site, in_box = came_across(rig, "without_looking")

    number = of_each(came)
    assert (late(came, site.closes), early(came, site.closes)) == ([], [])
    assert sorted(in_box) == sorted(one.voter for one in came if one.is_accepted)
    assert min(number[one] for one in EACH) > FEW
    assert all(one.by_database for one in came)


@pytest.mark.timeout(300)
def test_processes_that_go_by_their_own_clocks_let_late_ballots_in(rig):
    came, site, _ = came_across(rig, "by_own_clock")

    assert {one.minutes_off for one in late(came, site.closes)} == {-5}
