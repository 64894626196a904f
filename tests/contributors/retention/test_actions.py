"""What maintainers do about somebody quiet, and whether it helped."""

from datetime import date, timedelta

import pytest

from community.audit.models import Event
from community.jobs.models import Job
from community.lib.refusals import Refused
from community.people.erasure import erase_person
from contributors.activity.models import DayCount
from contributors.retention.actions import (
    assign_contact,
    close_case,
    note_returns,
    snooze_person,
    write_note,
)
from contributors.retention.models import Drift, FollowUp
from contributors.retention.panels import _written
from contributors.retention.tasks import forget
from tests import factories
from tests.contributors.retention.conftest import AT, TODAY, follow_up, quiet

pytestmark = pytest.mark.django_db


def act(person, day: date, count: int = 1) -> None:
    identity = person.identities.first() or factories.identity(person)
    DayCount.objects.create(
        repository=factories.repository(), day=day, identity=identity, kind="commit", count=count
    )


def test_a_note_is_kept_and_logged_without_its_text(maintainer):
    person = quiet("ada").person

    made = write_note(person=person, project=None, text="Has a new job", by=maintainer, at=AT)

    event = Event.objects.get(verb="retention.note_made")
    assert (made.text, made.by, made.outcome, made.wanted) == (
        "Has a new job",
        maintainer,
        "pending",
        8,
    )
    assert (event.actor, event.subject) == (maintainer, f"people.person:{person.pk}")
    assert event.facts == {"follow_up": made.pk}


def test_a_contact_is_assigned_and_nobody_is_sent_anything(maintainer, mailoutbox):
    person = quiet().person

    made = assign_contact(person=person, project=None, contact=maintainer, by=maintainer, at=AT)

    assert (made.contact, len(mailoutbox), Job.objects.count()) == (maintainer, 0, 0)


def test_only_a_maintainer_can_be_the_contact(maintainer, member):
    project = factories.project()
    other = factories.project()
    other.maintainers.add(member)

    with pytest.raises(Refused) as refusal:
        assign_contact(person=quiet().person, project=project, contact=member, by=maintainer, at=AT)

    assert refusal.value.code == "not_maintainer"


@pytest.mark.parametrize(("days", "code"), [(0, "past_day"), (-1, "past_day"), (367, "too_far")])
def test_a_snooze_ends_within_a_year(maintainer, days, code):
    until = TODAY + timedelta(days=days)

    with pytest.raises(Refused) as refusal:
        snooze_person(person=quiet().person, project=None, until=until, by=maintainer, at=AT)

    assert refusal.value.code == code


def test_nobody_follows_up_on_themselves_or_on_a_bot(maintainer):
    def refused(person) -> str:
        with pytest.raises(Refused) as refusal:
            write_note(person=person, project=None, text="x", by=maintainer, at=AT)
        return refusal.value.code

    bot, erased = factories.person(is_bot=True), factories.person(erased_at=AT)

    assert [refused(one) for one in (maintainer, bot, erased)] == [
        "oneself",
        "is_bot",
        "not_present",
    ]
    assert FollowUp.objects.count() == 0


def test_closing_ends_what_is_pending(maintainer):
    person, project = quiet().person, factories.project()
    elsewhere = follow_up(person, project=factories.project())
    here = follow_up(person, project=project)

    close_case(person=person, project=project, text="Changed jobs", by=maintainer, at=AT)

    here.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (here.outcome, here.outcome_on, elsewhere.outcome) == ("closed", TODAY, "pending")
    assert set(FollowUp.objects.filter(project=project).values_list("outcome", flat=True)) == {
        "closed"
    }


def test_somebody_who_is_active_again_has_returned():
    one = follow_up(quiet().person, wanted=3)
    act(one.person, TODAY)  # the same day, which may have been before
    act(one.person, TODAY + timedelta(days=5), 2)
    act(one.person, TODAY + timedelta(days=23), 1)

    note_returns(at=AT + timedelta(days=40))

    one.refresh_from_db()
    assert (one.outcome, one.outcome_on, one.days_until_return) == (
        "returned",
        TODAY + timedelta(days=23),
        23,
    )
    assert Event.objects.filter(verb="retention.returned").count() == 1


def test_less_than_enough_is_not_yet_a_return():
    one = follow_up(quiet().person, wanted=3)
    act(one.person, TODAY + timedelta(days=5), 2)

    note_returns(at=AT + timedelta(days=40))

    one.refresh_from_db()
    assert (one.outcome, one.days_until_return) == ("pending", None)


def test_what_was_closed_stays_closed():
    one = follow_up(quiet().person, outcome="closed", outcome_on=TODAY)
    act(one.person, TODAY + timedelta(days=5), 20)

    note_returns(at=AT + timedelta(days=40))

    one.refresh_from_db()
    assert one.outcome == "closed"


def test_returns_cost_the_same_whatever_their_number(django_assert_num_queries):
    for _ in range(3):
        act(follow_up(quiet().person, wanted=9).person, TODAY + timedelta(days=1))

    with django_assert_num_queries(4):  # a savepoint about two reads
        note_returns(at=AT)


def test_what_was_written_is_part_of_the_export_and_erased_with_the_person(member, maintainer):
    quiet(person=member)
    follow_up(member, text="Ask again in May", by=maintainer)
    exported = list(_written(member))

    erase_person(person=member, typed="mira", by=member, at=AT)
    job = Job.objects.get(task="retention.forget")
    forget(**job.arguments)

    assert [(row["text"], row["by__handle"]) for row in exported] == [
        ("Ask again in May", "magnus")
    ]
    assert (FollowUp.objects.count(), Drift.objects.count()) == (0, 0)


def test_what_was_written_about_an_earlier_record_goes_too(member):
    twin = factories.person("twin", merged_into=member)
    follow_up(twin)

    forget(person_id=member.pk)

    assert FollowUp.objects.count() == 0
