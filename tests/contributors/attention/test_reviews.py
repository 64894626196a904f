"""The load of reviews: what is counted, who is named, and at what cost."""

from datetime import timedelta

import pytest

from community.people.models import Identity, Person
from contributors.activity.derived import rebuild_others
from contributors.activity.ingest import ingest
from contributors.attention.actions import refresh_reviews
from contributors.attention.models import ReviewState
from tests import factories
from tests.factories.activity import START, actor, batch_of, contribution, hours, work_item

pytestmark = pytest.mark.django_db
PAGE = "/reviews/"
API = "/api/v1/review-load/"
AT = START + timedelta(days=30)


@pytest.fixture
def repository():
    return factories.repository(factories.project("atlas"), name="guild/atlas")


def request(number, author=1, **more):
    return work_item(number, kind="change_request", author=actor(author), **more)


def review(number, who, hour, **more):
    return contribution(
        f"r-{number}-{who}-{hour}",
        kind="review",
        work_item=number,
        occurred_at=hours(hour),
        **{"actor": actor(who), **more},
    )


def take(repository, *records):
    ingest(repository=repository, batch=batch_of(*records), at=START)
    refresh_reviews(at=AT)


def person(number) -> Person:
    return Identity.objects.get(uid=str(number), provider="github").person


def rows(browser, path=PAGE):
    """Handle or nothing, reviews, change requests, people."""
    page = browser.get(path).context["page"]
    return [
        (one.person.handle if one.person else None, one.reviews, one.requests, one.people)
        for one in page
    ]


def test_reviews_of_others_work_by_people_are_counted(client, repository):
    take(
        repository,
        request(1),
        request(2, opened_at=hours(1)),
        review(1, 2, 1),
        review(1, 2, 2),
        review(2, 2, 3),
        review(2, 3, 4),
        review(1, 1, 5),
        review(1, 9, 6, actor=actor(9, login="ci[bot]", is_bot=True)),
    )

    load = client.get(PAGE).context["load"]

    assert rows(client) == [(person(2).handle, 3, 2, 1), (person(3).handle, 1, 1, 1)]
    assert (load.reviews, load.reviewers, load.busiest, load.per_reviewer) == (4, 2, 0.75, 1.0)


def test_reviews_older_than_ninety_days_count_no_more(client, repository):
    take(repository, request(1), review(1, 2, 24 * -61), review(1, 3, 1))

    assert rows(client) == [(person(3).handle, 1, 1, 1)]


def test_open_without_a_review_are_those_nobody_else_looked_at(client, repository):
    take(
        repository,
        request(1, opened_at=hours(9)),
        request(2),
        review(2, 2, 1),
        request(3, opened_at=hours(2), is_draft=True),
        request(4, opened_at=hours(3), state="merged", closed_at=hours(4), merged_at=hours(4)),
        request(5, opened_at=hours(5)),
        review(5, 1, 6),
        work_item(6),
    )

    context = client.get(PAGE).context

    assert [item.number for item in context["items"]] == [5, 1]
    assert (context["load"].unreviewed, context["load"].open_requests) == (2, 3)


def test_what_is_reviewed_or_closed_since_the_count_is_listed_no_more(client, repository):
    take(repository, request(1), request(2), request(3))
    batch = batch_of(
        review(1, 2, 1),
        request(2, state="closed", closed_at=hours(2), updated_at=hours(2)),
    )

    ingest(repository=repository, batch=batch, at=START)

    assert [item.number for item in client.get(PAGE).context["items"]] == [3]


def test_who_hides_what_they_do_is_counted_but_not_named(client, maintainer_client, repository):
    take(repository, request(1), request(2, author=2), review(1, 2, 1), review(1, 3, 2))
    hidden = person(2)
    Person.objects.filter(pk=hidden.pk).update(visibility={"activity": "hidden"})

    answer = client.get(PAGE)

    assert rows(client) == [(person(3).handle, 1, 1, 1), (None, 1, 1, 1)]
    assert (answer.context["items"], hidden.handle in answer.text) == ([], False)
    assert [row["person"] for row in client.get(API).json()["results"]] == [
        person(3).handle,
        None,
    ]
    assert rows(maintainer_client)[0] == (hidden.handle, 1, 1, 1)


def test_a_private_repository_counts_for_those_alone_who_may_know_of_it(
    client, maintainer_client, repository
):
    take(repository, request(1, title="Sealed"), review(1, 2, 1), request(2, title="Vaulted"))
    type(repository).objects.update(is_private=True)

    assert "Vaulted" not in client.get(PAGE).text
    assert (rows(client), len(rows(maintainer_client))) == ([], 1)
    assert client.get(API).json()["load"]["reviews"] == 0
    assert "Vaulted" in maintainer_client.get(PAGE).text


def test_a_project_has_a_page_of_its_own(client, repository):
    other = factories.repository(factories.project("lantern"))
    take(repository, request(1), review(1, 2, 1))
    take(other, request(7), review(7, 3, 1), request(8))

    projects = client.get(PAGE).context["projects"]

    assert [(one.project.slug, one.load.unreviewed) for one in projects] == [
        ("lantern", 1),
        ("atlas", 0),
    ]
    assert rows(client, "/projects/atlas/reviews/") == [(person(2).handle, 1, 1, 1)]
    assert client.get(f"{API}?project=lantern").json()["load"]["open_requests"] == 2
    assert client.get(f"{API}?project=none").status_code == 404


def test_nothing_known_says_so(client):
    assert "No review and no open change request is known here yet." in client.get(PAGE).text


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_costs_the_same_queries_whatever_the_rows(
    size, client, repository, django_assert_num_queries
):
    for number in range(1, size + 1):
        take(repository, request(number, author=10 + number), review(number, 20 + number, 1))
        take(repository, request(50 + number, author=30 + number))

    with django_assert_num_queries(3):
        assert len(client.get(PAGE).context["items"]) == size


def test_a_rebuild_gives_the_same_counts(repository):
    take(repository, request(1), review(1, 2, 1))
    before = ReviewState.objects.values_list("reviewers", "unreviewed", "oldest").get()
    ReviewState.objects.all().delete()

    rebuild_others()
    refresh_reviews(at=AT)

    assert ReviewState.objects.values_list("reviewers", "unreviewed", "oldest").get() == before


def test_dashboards_lead_to_it(client, repository):
    from contributors.metrics.actions import rebuild_figures

    take(repository, request(1), review(1, 2, 1))
    rebuild_figures(at=AT)

    assert 'href="/reviews/"' in client.get("/").text
    assert 'href="/projects/atlas/reviews/"' in client.get("/projects/atlas/activity/").text
