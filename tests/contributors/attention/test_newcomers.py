"""Who is new: their first act, whether it was answered, and a task that fits."""

from datetime import date

import pytest

from community.people.models import Identity, Person
from contributors.activity.ingest import ingest
from contributors.metrics.actions import rebuild_figures
from tests import factories
from tests.factories.activity import START, actor, batch_of, contribution, hours, work_item

pytestmark = pytest.mark.django_db
PAGE = "/newcomers/"
API = "/api/v1/newcomers/"


@pytest.fixture
def repository():
    return factories.repository(factories.project("atlas"), name="guild/atlas")


def issue(number, by, hour, **more):
    """An issue with the act of opening it."""
    who = actor(by)
    return (
        work_item(number, author=who, opened_at=hours(hour), **more),
        contribution(
            f"o-{number}", kind="issue", work_item=number, actor=who, occurred_at=hours(hour)
        ),
    )


def take(repository, *records):
    ingest(repository=repository, batch=batch_of(*records), at=START)


def old(repository):
    """Somebody who was there long before, and the figures."""
    take(repository, contribution("old", actor=actor(9), kind="commit", occurred_at=hours(-4800)))
    rebuild_figures(at=hours(48))


def person(number) -> Person:
    return Identity.objects.get(uid=str(number), provider="github").person


def rows(browser, path=PAGE):
    """Handle, number of the first act, number of the task."""
    found = browser.get(path).context["rows"]
    return [
        (one.person.handle, one.first.work_item_number, one.task.number if one.task else None)
        for one in found
    ]


def test_the_newest_stand_first_with_their_first_act_and_a_task_of_the_repository(
    client, repository
):
    take(
        repository,
        *issue(1, 1, -30),
        *issue(2, 1, 2),
        *issue(3, 2, 3),
        *issue(7, 9, 2, labels=["Good First Issue"]),
        *issue(8, 9, 3, labels=["help wanted", "docs"]),
    )
    old(repository)

    assert rows(client) == [(person(2).handle, 3, 7), (person(1).handle, 1, 8)]


def test_what_somebody_took_up_closed_or_never_marked_is_not_suggested(client, repository):
    take(
        repository,
        *issue(1, 1, 1, labels=["good first issue"]),
        *issue(2, 9, 2, labels=["good first issue"]),
        contribution("c", work_item=2, actor=actor(3), occurred_at=hours(-4700)),
        *issue(3, 9, 3, labels=["good first issue"], state="closed", closed_at=hours(4)),
        *issue(4, 9, 4, labels=["bug"]),
        *issue(5, 9, 5, labels=["not a good first issue"]),
    )
    old(repository)

    assert rows(client) == [(person(1).handle, 1, None)]
    assert "No issue of this project is marked" in client.get(PAGE).text


def test_another_repository_of_the_project_stands_in_but_none_of_another_project(
    client, repository
):
    sister = factories.repository(repository.project)
    stranger = factories.repository(factories.project("lantern"))
    take(repository, *issue(1, 1, 1))
    take(stranger, *issue(5, 9, 2, labels=["good first issue"]))
    take(sister, *issue(6, 9, 1, labels=["help wanted"]))
    old(repository)

    assert rows(client) == [(person(1).handle, 1, 6)]


def test_a_first_question_without_an_answer_is_marked(client, repository):
    take(repository, *issue(1, 1, 1), *issue(2, 2, 2))
    take(repository, contribution("a", work_item=1, actor=actor(9), occurred_at=hours(3)))
    old(repository)

    found = {one.person.handle: one.awaits_answer for one in client.get(PAGE).context["rows"]}

    assert found == {person(1).handle: False, person(2).handle: True}


def test_who_hides_what_they_do_is_not_listed(client, maintainer_client, repository):
    take(repository, *issue(1, 1, 1))
    old(repository)
    Person.objects.filter(pk=person(1).pk).update(visibility={"activity": "hidden"})

    assert (rows(client), client.get(API).json()["results"]) == ([], [])
    assert [row[0] for row in rows(maintainer_client)] == [person(1).handle]


def test_nothing_of_a_private_repository_is_told(client, maintainer_client, repository):
    take(repository, *issue(1, 1, 1, title="Sealed"), *issue(2, 9, 1, labels=["help wanted"]))
    old(repository)
    type(repository).objects.update(is_private=True)

    assert rows(client) == []
    assert rows(maintainer_client) == [(person(1).handle, 1, 2)]


def test_a_project_lists_those_who_are_new_to_it(client, repository):
    other = factories.repository(factories.project("lantern"))
    take(repository, *issue(1, 1, 1))
    take(other, *issue(2, 2, 1))
    old(repository)

    assert rows(client, "/projects/atlas/newcomers/") == [(person(1).handle, 1, None)]
    found = client.get(f"{API}?project=lantern&days=365").json()["results"]
    assert [row["person"] for row in found] == [person(2).handle]


def test_the_period_can_be_chosen(client, repository):
    take(repository, *issue(1, 1, -24 * 60), *issue(2, 2, 1))
    old(repository)

    assert len(rows(client)) == 1
    assert len(rows(client, f"{PAGE}?days=90")) == 2
    assert len(rows(client, f"{PAGE}?days=x")) == 1


def test_nobody_new_says_so(client, repository):
    assert "Nobody contributed for the first time in this period." in client.get(PAGE).text


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_costs_the_same_queries_whatever_the_rows(
    size, client, repository, django_assert_num_queries
):
    for number in range(1, size + 1):
        take(repository, *issue(number, number, 1))
        take(repository, *issue(20 + number, 9, 1, labels=["help wanted"]))
    old(repository)

    with django_assert_num_queries(5):
        assert len(rows(client)) == size


def test_the_front_page_leads_to_it(client, repository):
    take(repository, *issue(1, 1, 1))
    old(repository)

    assert 'href="/newcomers/"' in client.get("/").text
    assert 'href="/projects/atlas/newcomers/"' in client.get("/projects/atlas/activity/").text


def test_the_api_tells_the_first_act_and_the_task(client, repository):
    take(repository, *issue(1, 1, 1), *issue(2, 9, 1, labels=["help wanted"]))
    old(repository)

    row = client.get(API).json()["results"][0]

    assert (row["person"], row["awaits_answer"]) == (person(1).handle, True)
    assert (row["first"]["work_item"], row["task"]["number"]) == (1, 2)
    assert date.fromisoformat(row["first"]["occurred_at"][:10]) == hours(1).date()
