"""Announced leave: by oneself, by a maintainer, and who may read it."""

import json
from datetime import date
from zipfile import ZipFile

import pytest
from django.urls import reverse

from community.audit.models import Event
from community.lib.refusals import Refused
from community.people.erasure import erase_person
from community.people.exports import write_export
from community.people.leaves import announce_leave, take_back_leave
from community.people.merging import merge_people, undo_merge
from community.people.models import Leave
from tests import factories
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def away(person, starts_on=MAY, ends_on=JUNE, **more) -> Leave:
    return announce_leave(
        person=person, starts_on=starts_on, ends_on=ends_on, by=person, at=NOON, **more
    )


def test_leave_is_kept_and_logged_without_its_note(member):
    leave = away(member, note="A child is born")

    event = Event.objects.get(verb="people.leave_announced")
    assert (leave.starts_on, leave.ends_on, leave.announced_by) == (MAY, JUNE, member)
    assert (event.subject, event.actor, event.facts) == (f"people.person:{member.pk}", member, {})


@pytest.mark.parametrize(
    ("starts", "ends", "code"),
    [
        (JUNE, JUNE, "ends_before_start"),
        (JUNE, MAY, "ends_before_start"),
        (date(2026, 5, 31), JULY, "overlaps"),
        (date(2026, 1, 1), None, "overlaps"),
    ],
)
def test_days_that_make_no_sense_are_refused(member, starts, ends, code):
    away(member)

    with pytest.raises(Refused) as refusal:
        away(member, starts, ends)

    assert refusal.value.code == code


def test_one_leave_may_follow_on_another(member):
    away(member)
    away(member, JUNE, None)

    assert member.leaves.count() == 2


def test_nobody_is_away_who_is_no_more(member, maintainer):
    twin = factories.person("twin")
    merge_people(kept=member, absorbed=twin, by=maintainer, at=NOON)
    twin.refresh_from_db()

    with pytest.raises(Refused) as refusal:
        away(twin)

    assert refusal.value.code == "not_present"


@pytest.mark.parametrize(
    ("day", "count"),
    [(date(2026, 4, 30), 0), (MAY, 1), (date(2026, 5, 31), 1), (JUNE, 0)],
)
def test_leave_lasts_until_the_day_of_return(member, day, count):
    away(member)

    assert Leave.objects.on(day).count() == count


def test_leave_whose_end_nobody_knows_lasts(member):
    away(member, ends_on=None)

    assert Leave.objects.on(date(2030, 1, 1)).count() == 1


def test_a_person_announces_and_takes_back_on_their_own_page(member_client, member):
    url = reverse("people:leaves")
    typed = {"starts_on": "2026-05-01", "ends_on": "2026-06-01", "note": "Walking"}

    assert member_client.post(url, typed).status_code == 302
    assert "Walking" in member_client.get(url).text
    again = member_client.post(url, typed)
    assert "announced already" in again.text
    leave = member.leaves.get()
    answer = member_client.post(reverse("people:remove_leave", args=[leave.pk]))

    assert (answer["Location"], member.leaves.count()) == (url, 0)


def test_a_maintainer_notes_what_somebody_told_them(maintainer_client, maintainer, stranger):
    url = reverse("people:record_leave", args=["stranger"])

    maintainer_client.post(url, {"starts_on": "2026-05-01"})
    leave = stranger.leaves.get()
    shown = maintainer_client.get(url)
    answer = maintainer_client.post(reverse("people:remove_leave", args=[leave.pk]))

    assert (leave.announced_by, leave.ends_on) == (maintainer, None)
    assert "end not known" in shown.text
    assert (answer["Location"], stranger.leaves.count()) == (url, 0)


def test_nobody_else_reads_or_takes_back_a_leave(member_client, stranger):
    leave = away(stranger, note="A secret")

    assert member_client.get("/@stranger/leave/").status_code == 403
    assert member_client.post(f"/settings/leave/{leave.pk}/remove/").status_code == 404
    assert "A secret" not in member_client.get("/@stranger/").text


def test_leave_is_exported_and_erased_with_the_person(member):
    away(member, note="Walking")

    with ZipFile(write_export(person=member, at=NOON)) as archive:
        exported = json.loads(archive.read("leaves.json"))
    erase_person(person=member, typed="mira", by=member, at=NOON)

    assert exported == [{"starts_on": "2026-05-01", "ends_on": "2026-06-01", "note": "Walking"}]
    assert Leave.objects.count() == 0


def test_leave_moves_with_a_merge_and_back(member, maintainer):
    twin = factories.person("twin")
    leave = away(twin)

    merge = merge_people(kept=member, absorbed=twin, by=maintainer, at=NOON)
    leave.refresh_from_db()
    moved = leave.person
    undo_merge(merge=merge, by=maintainer, at=NOON)
    leave.refresh_from_db()

    assert (moved, leave.person) == (member, twin)


def test_taking_back_is_logged(member):
    take_back_leave(leave=away(member), by=member, at=NOON)

    assert Event.objects.filter(verb="people.leave_taken_back").count() == 1
