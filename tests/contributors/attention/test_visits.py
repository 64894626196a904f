"""What changed since the reader was last here: told to them alone, and noted seldom."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.people.models import Identity
from contributors.activity.ingest import ingest
from contributors.attention.actions import forget_visits, note_visit
from contributors.attention.models import Visit
from contributors.attention.panels import _visits
from contributors.metrics.actions import rebuild_figures
from tests import factories
from tests.factories.activity import actor, batch_of, contribution, work_item

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 10, 8, tzinfo=UTC)
PROJECT = "/projects/atlas/activity/"


def hour(number: float) -> datetime:
    return MORNING + timedelta(hours=number)


@pytest.fixture
def repository():
    """Something happened long before."""
    repository = factories.repository(factories.project("atlas"), name="guild/atlas")
    take(repository, contribution("old", actor=actor(9), kind="commit", occurred_at=hour(-5000)))
    return repository


def take(repository, *records):
    ingest(repository=repository, batch=batch_of(*records), at=hour(24 * 30))
    rebuild_figures(at=hour(24 * 30))


def told(browser, at, path="/"):
    """The numbers by kind; a sentence where there are none."""
    with time_machine.travel(at, tick=False):
        answer = browser.get(path)
    for context in answer.context:
        if "news" in context:
            return {one.kind: one.number for one in context["news"]}
        if context.get("is_first"):
            return "first"
    return None


def test_nobody_is_noted_or_told_who_is_not_signed_in(client, repository):
    assert told(client, MORNING) is None
    assert Visit.objects.count() == 0


def test_the_first_visit_says_that_this_begins(member_client, repository):
    assert told(member_client, MORNING) == "first"
    assert told(member_client, hour(1)) == "first"
    assert Visit.objects.count() == 1


def test_the_next_morning_tells_what_is_new_with_links_to_the_rows(member_client, repository):
    told(member_client, MORNING)
    take(
        repository,
        work_item(1, author=actor(2), opened_at=hour(3)),
        contribution("o", kind="issue", work_item=1, actor=actor(2), occurred_at=hour(3)),
        contribution("c", kind="commit", actor=actor(9), occurred_at=hour(4)),
        contribution("b", kind="commit", actor=actor(7, is_bot=True), occurred_at=hour(4)),
        work_item(2, author=actor(9), opened_at=hour(-300), state="closed", closed_at=hour(5)),
    )

    expected = {"contributions": 2, "opened": 1, "closed": 1, "people": 1}
    assert told(member_client, hour(24)) == expected
    assert told(member_client, hour(25), PROJECT) == "first"
    with time_machine.travel(hour(26), tick=False):
        changes = next(
            context["news"] for context in member_client.get("/").context if "news" in context
        )
        for one in changes:
            page = member_client.get(one.url).context["page"]
            assert page.paginator.count == one.number


def test_a_visit_is_noted_at_most_once_an_hour(member_client, repository):
    told(member_client, MORNING)
    told(member_client, hour(24))

    def writes(at):
        with CaptureQueriesContext(connection) as asked:
            told(member_client, at)
        return [
            one["sql"].split()[0]
            for one in asked
            if "attention_visit" in one["sql"] and not one["sql"].startswith("SELECT")
        ]

    assert [writes(hour(at)) for at in (24.5, 24.9, 25.1, 25.5)] == [[], [], ["UPDATE"], []]


def test_views_of_one_visit_are_held_against_the_same_last_one(member):
    moments = [note_visit(person=member, project=None, at=hour(at)) for at in (0, 24, 25.5, 29)]

    assert [one.before_at for one in moments] == [None, hour(0), hour(0), hour(0)]
    assert note_visit(person=member, project=None, at=hour(48)).before_at == hour(29)


def test_two_pages_opened_at_once_are_one_visit(member):
    note_visit(person=member, project=None, at=hour(0))
    first = note_visit(person=member, project=None, at=hour(24))
    second = note_visit(person=member, project=None, at=hour(24))

    assert first.before_at == second.before_at == hour(0)
    assert Visit.objects.get().before_at == hour(0)


def test_projects_are_visited_apart(member_client, repository):
    other = factories.repository(factories.project("lantern"))
    take(other, contribution("y", kind="commit", actor=actor(9), occurred_at=hour(-4900)))
    for path in (PROJECT, "/projects/lantern/activity/"):
        told(member_client, MORNING, path)
    take(other, contribution("x", kind="commit", actor=actor(9), occurred_at=hour(2)))

    assert told(member_client, hour(24), PROJECT) == {}
    assert told(member_client, hour(24), "/projects/lantern/activity/") == {"contributions": 1}
    assert told(member_client, hour(24)) == "first"


def test_nothing_of_a_private_repository_is_counted(member_client, repository):
    told(member_client, MORNING)
    take(repository, contribution("x", kind="commit", actor=actor(4), occurred_at=hour(2)))
    type(repository).objects.update(is_private=True)

    assert told(member_client, hour(24)) == {}


def test_a_newcomer_who_hides_it_is_not_among_the_new_people(member_client, repository):
    told(member_client, MORNING)
    take(repository, contribution("x", kind="commit", actor=actor(4), occurred_at=hour(2)))
    person = Identity.objects.get(uid="4", provider="github").person
    person.visibility = {"activity": "hidden"}
    person.save()

    assert told(member_client, hour(24)) == {"contributions": 1}


def test_who_was_away_for_long_is_told_of_ninety_days(member_client, repository):
    told(member_client, MORNING)
    take(repository, contribution("x", kind="commit", actor=actor(9), occurred_at=hour(5)))

    with time_machine.travel(hour(24 * 200), tick=False):
        text = member_client.get("/").text

    assert ("the last 90 days are counted" in text, "Nothing has changed." in text) == (True, True)


def test_visits_are_exported_and_forgotten_with_the_person(member):
    note_visit(person=member, project=None, at=MORNING)

    assert [row["seen_at"] for row in _visits(member)] == [MORNING]
    forget_visits(person_id=member.pk)
    assert Visit.objects.count() == 0


def asked(browser, at, method="get", query=""):
    """What the API tells at a moment."""
    with time_machine.travel(at, tick=False):
        return getattr(browser, method)(f"/api/v1/since-last-visit/{query}").json()


@pytest.mark.parametrize("query", ["", "?project=atlas"])
def test_the_api_tells_what_the_page_shows(query, member_client, repository):
    page = PROJECT if query else "/"
    told(member_client, MORNING, page)
    take(repository, contribution("new", actor=actor(9), kind="commit", occurred_at=hour(5)))

    found = asked(member_client, hour(24), query=query)
    shown = told(member_client, hour(24), page)

    assert found["before_at"] == "2026-03-10T08:00:00Z"
    assert {one["kind"]: one["number"] for one in found["changes"] if one["number"]} == shown


def test_asking_the_api_is_no_visit(member_client, repository):
    told(member_client, MORNING)
    before = list(Visit.objects.values())

    asked(member_client, hour(24))

    assert list(Visit.objects.values()) == before


def test_a_visit_that_is_posted_moves_the_mark(member_client, repository):
    told(member_client, MORNING)

    posted = asked(member_client, hour(24), "post")
    later = asked(member_client, hour(48))

    assert posted["before_at"] == "2026-03-10T08:00:00Z"
    assert later["before_at"] == "2026-03-11T08:00:00Z"


def test_the_api_tells_who_was_never_here_nothing(member_client, repository):
    found = asked(member_client, MORNING)

    assert found == {"before_at": None, "is_long_ago": False, "changes": []}


def test_the_api_names_no_project_that_is_not_there(member_client):
    assert member_client.get("/api/v1/since-last-visit/?project=none").status_code == 404
