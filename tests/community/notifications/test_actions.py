"""Telling people: once, in bulk, and never those who are not here."""

import json
from datetime import timedelta
from threading import Event, Thread
from zipfile import ZipFile

import pytest
from django.db import IntegrityError, connection, transaction

from community.jobs.models import Job
from community.lib.refusals import Sentence
from community.notifications import actions
from community.notifications.actions import (
    choose_mail,
    forget_person,
    mark_all_read,
    mark_read,
    notify,
    notify_many,
    prune_notices,
)
from community.notifications.models import Notice, Preference
from community.notifications.topics import register_topic
from community.people.erasure import erase_person
from community.people.exports import write_export
from community.people.merging import merge_people, undo_merge
from community.people.models import Person
from tests import factories
from tests.community.notifications.conftest import OPENED, told
from tests.conftest import NOON
from tests.factories.ledger import run_waiting
from tests.factories.notices import TOPIC, notice

pytestmark = pytest.mark.django_db


def test_a_person_is_told_what_was_said(member):
    made = notify(person=member, **told())

    row = Notice.objects.get()
    assert (made, row.person, row.topic) == (row, member, TOPIC)
    assert row.sentence == Sentence(OPENED, {"ballot": "Seats"})
    assert (row.url, row.created_at, row.read_at) == ("/criteria/voters/", NOON, None)
    assert (row.mail, row.mailed_at, row.moved_from) == ("waiting", None, [])


def test_the_same_thing_is_told_once_and_the_first_row_answered(member):
    first = notify(person=member, **told())
    again = notify(person=member, **told(url="/elsewhere/", at=NOON + timedelta(hours=1)))

    assert (again, again.url) == (first, "/criteria/voters/")
    assert (Notice.objects.count(), Job.objects.count()) == (1, 1)


def test_only_those_who_were_not_told_yet_are_counted(member):
    others = [factories.person().pk for _ in range(2)]
    notify(person=member, **told())

    new = notify_many(people_ids=[member.pk, *others, *others], **told())
    none = notify_many(people_ids=[], **told())

    assert (new, none, Notice.objects.count()) == (2, 0, 3)


@pytest.mark.parametrize("why", ["suspended", "erased", "merged"])
def test_who_is_not_here_is_told_nothing(member, maintainer, why):
    changed = {
        "suspended": {"is_active": False},
        "erased": {"erased_at": NOON},
        "merged": {"merged_into": maintainer},
    }
    Person.objects.filter(pk=member.pk).update(**changed[why])

    assert notify(person=member, **told()) is None
    assert notify_many(people_ids=[member.pk], **told()) == 0


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"topic": "nobody.registered"}, KeyError),
        ({"sentence": Sentence("%(lacking)s")}, KeyError),
        ({"url": "https://evil.example/"}, ValueError),
        ({"url": "//evil.example/"}, ValueError),
        ({"url": "/\\evil.example/"}, ValueError),
        ({"url": "/a\nb"}, ValueError),
        ({"url": "javascript:alert(1)"}, ValueError),
    ],
)
def test_what_cannot_be_told_is_found_by_whoever_tells_it(member, wrong, fault):
    with pytest.raises(fault):
        notify(person=member, **told(**wrong))

    assert Notice.objects.count() == 0


def test_a_topic_needs_a_group():
    with pytest.raises(KeyError):
        register_topic("x.happened", group="nobody-registered", label="X")


def test_ten_thousand_people_are_told_in_a_few_statements(django_assert_max_num_queries):
    crowd = Person.objects.bulk_create(Person(handle=f"p{n}") for n in range(10_000))
    quiet = [Preference(person=one, group="elections", is_mailed=False) for one in crowd[:4_000]]
    Preference.objects.bulk_create(quiet)
    ids = [one.pk for one in crowd]

    with django_assert_max_num_queries(16):  # two inserts, twelve jobs, a savepoint
        new = notify_many(people_ids=ids, **told())

    listed = [pk for job in Job.objects.all() for pk in job.arguments["notice_ids"]]
    waiting = Notice.objects.awaiting_mail()
    assert (new, waiting.count(), Notice.objects.count()) == (10_000, 6_000, 10_000)
    assert sorted(listed) == sorted(waiting.values_list("pk", flat=True))


def test_more_people_than_fit_one_statement_are_told_in_several(monkeypatch):
    monkeypatch.setattr(actions, "TOLD_AT_ONCE", 2)
    ids = [factories.person().pk for _ in range(5)]

    assert notify_many(people_ids=ids, **told()) == 5
    assert notify_many(people_ids=ids, **told()) == 0


def test_the_table_holds_a_key_once_for_each_person(member):
    notice(member, key="same")

    with pytest.raises(IntegrityError), transaction.atomic():
        notice(member, key="same")


def look_and_write(person: Person) -> None:
    """As it must not be done."""
    if not Notice.objects.filter(person=person, key=told()["key"]).exists():
        notice(person, key=told()["key"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("tell", "faults"),
    [(lambda person: notify(person=person, **told()), []), (look_and_write, [IntegrityError])],
    ids=["notify", "control"],
)
def test_of_two_who_tell_at_once_one_writes_and_the_other_reads(tell, faults):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    person, written, found = factories.person("mira"), Event(), []

    def other() -> None:
        written.wait()
        try:
            tell(person)
        except IntegrityError as fault:
            found.append(type(fault))
        finally:
            connection.close()

    thread = Thread(target=other)
    thread.start()
    with transaction.atomic():
        tell(person)
        written.set()
        thread.join(0.3)
    thread.join()

    assert (Notice.objects.count(), found) == (1, faults)


def test_the_first_reading_counts(member):
    one = notice(member)

    mark_read(notice=one, at=NOON)
    mark_read(notice=one, at=NOON + timedelta(days=1))

    assert Notice.objects.get().read_at == NOON


def test_everything_is_marked_as_read_and_nobody_elses(member, maintainer):
    notice(member, read_at=NOON - timedelta(days=1))
    notice(member)
    notice(maintainer)

    assert mark_all_read(person=member, at=NOON) == 1
    assert Notice.objects.unread().get().person == maintainer


def test_what_was_read_half_a_year_ago_is_forgotten_and_what_was_not_read_stays(member):
    kept = [
        notice(member, created_at=NOON - timedelta(days=900)).pk,
        notice(member, read_at=NOON - timedelta(days=179)).pk,
    ]
    notice(member, read_at=NOON - timedelta(days=181))

    prune_notices(at=NOON)

    assert sorted(Notice.objects.values_list("pk", flat=True)) == sorted(kept)


def merged(kept: Person, absorbed: Person):
    made = merge_people(
        kept=kept, absorbed=absorbed, by=kept, at=NOON, confirmation=absorbed.handle
    )
    run_waiting("notifications.move")
    return made


def keys_of(person: Person) -> list[str]:
    return sorted(Notice.objects.filter(person=person).values_list("key", flat=True))


def test_a_merge_takes_notices_along_and_its_undoing_gives_them_back(member):
    other = factories.person("mira-old", claimed_at=NOON)
    notice(member, key="both")
    for key in ("both", "hers"):
        notice(other, key=key)

    made = merged(member, other)
    together = (keys_of(member), keys_of(other))
    undo_merge(merge=made, by=member, at=NOON)
    run_waiting("notifications.return")

    assert together == (["both", "hers"], ["both"])
    assert (keys_of(member), keys_of(other)) == (["both"], ["both", "hers"])


def test_what_came_along_is_not_told_again(member):
    other = factories.person("mira-old", claimed_at=NOON)
    notify(person=other, **told())
    merged(member, other)

    assert notify_many(people_ids=[member.pk, other.pk], **told()) == 0


def test_a_no_to_mail_goes_along_unless_the_person_who_stays_said_something(member, maintainer):
    for handle, kept in (("one", member), ("two", maintainer)):
        other = factories.person(handle, claimed_at=NOON)
        choose_mail(person=other, groups_mailed=[], at=NOON)
        if kept == maintainer:
            choose_mail(person=maintainer, groups_mailed=["elections"], at=NOON)
        merged(kept, other)

    assert Preference.objects.groups_mailed_to(member.pk) == []
    assert Preference.objects.groups_mailed_to(maintainer.pk) == ["elections"]


def test_notices_are_part_of_the_export_and_erased_with_the_person(member):
    notice(member, read_at=NOON)
    choose_mail(person=member, groups_mailed=[], at=NOON)

    with ZipFile(write_export(person=member, at=NOON)) as archive:
        (told_row,) = json.loads(archive.read("notices.json"))
        said = json.loads(archive.read("notice_preferences.json"))
    erase_person(person=member, typed="mira", by=member, at=NOON)
    run_waiting("notifications.forget")

    assert told_row["sentence"] == "Voting in Seats has opened."
    assert said == [{"group": "elections", "is_mailed": False}]
    assert (Notice.objects.count(), Preference.objects.count()) == (0, 0)


def test_what_a_merged_record_was_told_goes_with_the_person_who_is_erased(member):
    notice(factories.person("old", merged_into=member))

    forget_person(person_id=member.pk)

    assert Notice.objects.count() == 0
