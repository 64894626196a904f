"""The demo community once it is in the house; read by all tests here, changed by none."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import Q, Sum

from community.lib.refusals import NOTHING
from community.people.models import Identity, Person
from community.projects.models import Project
from contributors.activity.ingest import ingest
from contributors.activity.models import Completeness, Contribution, DayCount, WorkItem
from contributors.criteria.queries import reach_of
from contributors.metrics.models import Figure
from integrations.demo.actions import load_demo
from integrations.demo.records import batch_of
from integrations.demo.stage import DAMAGE, DAMAGED, DAMAGED_REPO
from integrations.demo.story import tell
from integrations.demo.voters import DOCUMENT

AT = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
SEED, PEOPLE = 2, 12
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loading(django_db_setup, django_db_blocker):
    """A small demo community, loaded once and rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_demo(seed=SEED, people=PEOPLE, at=AT)
        transaction.set_rollback(True)


def test_the_ledger_holds_what_was_told(loading):
    story = tell(seed=SEED, people=PEOPLE, at=AT)
    batches = [batch_of(chapter) for chapter in story.chapters]

    assert Contribution.objects.count() == sum(len(one.contributions) for one in batches)
    assert WorkItem.objects.count() == sum(len(one.work_items) for one in batches)
    assert DayCount.objects.aggregate(n=Sum("count"))["n"] == Contribution.objects.count()


def test_the_same_pages_again_change_nothing(loading):
    story = tell(seed=SEED, people=PEOPLE, at=AT)
    repository = Project.objects.get(slug="wick").repositories.get(name="tallowmere/wick")

    again = ingest(repository=repository, batch=batch_of(story.chapters[0]), at=AT)

    assert (again.added, again.changed) == (0, 0)


def test_commits_and_accounts_belong_to_the_same_people(loading):
    people = Person.objects.filter(identities__provider="github").human()

    known = people.filter(identities__provider="git").distinct()

    assert known.count() == PEOPLE


def test_mail_addresses_are_kept_as_hashes_alone(loading):
    fields = ("uid", "login", "name", "email_hash", "email_domain")

    leaking = [row for row in Identity.objects.values_list(*fields) if any("@" in x for x in row)]

    assert leaking == []
    assert Identity.objects.exclude(email_hash="").count() >= PEOPLE


def test_bots_are_marked(loading):
    assert sorted(Person.objects.bots().values_list("identities__login", flat=True).distinct()) == [
        "",
        "gauge-ci[bot]",
        "lockstep[bot]",
        "tidy-bot[bot]",
    ]


def test_projects_say_what_they_are(loading):
    silent = Project.objects.filter(
        Q(summary="") | Q(direction="") | Q(core_value="") | Q(license="")
    )

    assert Project.objects.count() == 6
    assert list(silent.values_list("slug", flat=True)) == []


def test_the_damaged_days_say_what_is_missing_and_why(loading):
    damaged = Completeness.objects.exclude(reason=NOTHING)
    first = (AT - timedelta(days=730)).date()

    assert {row.repository.name for row in damaged} == {f"tallowmere/{DAMAGED_REPO}"}
    assert {(row.day - first).days for row in damaged} <= set(DAMAGED)
    assert {row.reason for row in damaged} == {DAMAGE}
    assert all(row.received < row.expected for row in damaged)


def test_every_other_day_is_complete(loading):
    rows = Completeness.objects.filter(reason=NOTHING).values_list("expected", "received")

    assert all(expected == received for expected, received in rows)
    assert sum(received for _, received in rows) > 0


def test_the_figures_are_finished(loading):
    contributors = Figure.objects.filter(scope="community", metric="contributors")

    assert contributors.count() >= 24
    assert contributors.aggregate(most=Sum("value"))["most"] > 24


def test_some_people_meet_the_rule_of_voters_and_others_do_not(loading):
    reach = reach_of(DOCUMENT, AT.date())

    assert 0 < reach.met < reach.people
