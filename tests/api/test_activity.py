"""The ledger and its figures in the API."""

from datetime import date, timedelta

import pytest

from contributors.activity.models import Contribution, WorkItem
from contributors.metrics.models import Figure
from contributors.metrics.registry import METRICS
from tests import factories
from tests.conftest import NOON
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db


def act(number: int = 1, **more) -> Contribution:
    identity = more.pop("identity", None) or factories.identity()
    repository = more.pop("repository", None) or factories.repository()
    fields = {
        "source": "github",
        "kind": "issue",
        "external_id": str(number),
        "occurred_at": NOON + timedelta(days=number),
        "recorded_at": NOON,
        **more,
    }
    return Contribution.objects.create(identity=identity, repository=repository, **fields)


def item(number: int = 1, **more) -> WorkItem:
    author = more.pop("author", None) or factories.identity()
    fields = {
        "repository": factories.repository(),
        "source": "github",
        "kind": "issue",
        "external_id": str(number),
        "number": number,
        "title": f"Item {number}",
        "state": "open",
        "opened_at": NOON + timedelta(days=number),
        "updated_at": NOON,
        **more,
    }
    return WorkItem.objects.create(author=author, **fields)


def figure(**more) -> Figure:
    fields = {
        "scope": "community",
        "metric": "contributors",
        "month": date(2026, 3, 1),
        "value": 7.0,
        "n": 7,
        "version": 1,
        **more,
    }
    return Figure.objects.create(**fields)


def ids(response) -> list[int]:
    return [row["id"] for row in response.json()["results"]]


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(("path", "make"), [("contributions", act), ("work-items", item)])
def test_a_page_costs_the_same_whatever_its_rows(
    client, path, make, size, django_assert_max_num_queries
):
    for number in range(size):
        make(number)

    with django_assert_max_num_queries(2):
        body = client.get(f"/api/v1/{path}/").json()

    assert len(body["results"]) == size


def test_contributions_come_newest_first_by_a_cursor_that_new_rows_do_not_shift(client):
    rows = [act(number) for number in range(1, 5)]

    first = client.get("/api/v1/contributions/", {"page_size": 2})
    act(9)
    second = client.get(first.json()["next"])

    assert ids(first) == [rows[3].pk, rows[2].pk]
    assert ids(second) == [rows[1].pk, rows[0].pk]


def test_contributions_are_narrowed_by_each_filter(client):
    bot = factories.identity(factories.person("robot", is_bot=True))
    repository = factories.repository(factories.project("lantern"))
    mine = act(1, identity=factories.identity(factories.person("ada")), kind="review")
    theirs = act(2, repository=repository)
    robots = act(3, identity=bot)

    def found(**query) -> list[int]:
        return ids(client.get("/api/v1/contributions/", query))

    assert found(person="ADA") == [mine.pk]
    assert found(kind="review") == [mine.pk]
    assert found(kind=["review", "issue"]) == [robots.pk, theirs.pk, mine.pk]
    assert found(project="lantern") == [theirs.pk]
    assert found(repository=repository.pk) == [theirs.pk]
    assert found(bots="true") == [robots.pk]
    assert found(bots="false") == [theirs.pk, mine.pk]
    assert found(**{"from": "2026-03-16", "to": "2026-03-17"}) == [theirs.pk]
    assert found(person="nobody") == []


def test_deleted_rows_are_gone(client):
    act(1, deleted_at=NOON)
    item(1, deleted_at=NOON)

    assert ids(client.get("/api/v1/contributions/")) == []
    assert ids(client.get("/api/v1/work-items/")) == []


def test_who_hides_their_activity_is_not_named_or_found(client, maintainer):
    ada = factories.person("ada", visibility={"activity": "hidden"})
    identity = factories.identity(ada)
    act(1, identity=identity)
    item(1, author=identity)
    figure(scope="person", scope_id=ada.pk)

    assert client.get("/api/v1/contributions/").json()["results"][0]["person"] is None
    assert client.get("/api/v1/work-items/").json()["results"][0]["author"] is None
    assert client.get("/api/v1/contributions/", {"person": "ada"}).json()["results"] == []
    assert client.get("/api/v1/work-items/", {"author": "ada"}).json()["results"] == []
    assert client.get("/api/v1/figures/", {"person": "ada"}).json()["results"] == []
    seen = client.get("/api/v1/contributions/", {"person": "ada"}, headers=bearer(maintainer))
    assert [row["person"] for row in seen.json()["results"]] == ["ada"]


def test_work_items_are_narrowed_by_each_filter(client):
    waiting = item(1)
    answered = item(2, first_response_at=NOON, kind="change_request")
    closed = item(3, state="closed", author=factories.identity(factories.person("ada")))

    def found(**query) -> list[int]:
        return ids(client.get("/api/v1/work-items/", query))

    assert found() == [closed.pk, answered.pk, waiting.pk]
    assert found(waiting="true") == [waiting.pk]
    assert found(state="closed") == [closed.pk]
    assert found(kind="change_request") == [answered.pk]
    assert found(author="ada") == [closed.pk]
    assert found(ordering="opened_at") == [waiting.pk, answered.pk, closed.pk]
    assert found(**{"from": "2026-03-17"}) == [closed.pk]


def test_every_metric_is_defined_in_words(client):
    listed = client.get("/api/v1/metrics/").json()

    assert [metric["key"] for metric in listed] == list(METRICS)
    assert [metric["key"] for metric in listed if not metric["description"]] == []


def test_figures_are_narrowed_and_a_persons_are_shown_only_by_name(client):
    project, ada = factories.project("lantern"), factories.person("ada")
    repository = factories.repository(project)
    figure()
    figure(month=date(2026, 2, 1), value=5.0)
    figure(scope="project", scope_id=project.pk)
    figure(scope="repository", scope_id=repository.pk)
    figure(scope="person", scope_id=ada.pk)

    def found(**query) -> list[tuple[str, str]]:
        rows = client.get("/api/v1/figures/", query).json()["results"]
        return [(row["scope"], row["month"]) for row in rows]

    assert found(scope="community") == [("community", "2026-03-01"), ("community", "2026-02-01")]
    assert found(project="lantern") == [("project", "2026-03-01")]
    assert found(repository=repository.pk) == [("repository", "2026-03-01")]
    assert found(person="ada") == [("person", "2026-03-01")]
    assert found(scope="person") == []
    assert found(scope="community", to="2026-03-01") == [("community", "2026-02-01")]
    assert found(metric="bot_share") == []
