"""Projects and repositories in the API: what the pages do, by program."""

import pytest

from community.audit.models import Event
from community.projects.actions import change_project, create_project
from community.projects.models import Project
from tests import factories
from tests.conftest import NOON
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db


def opened(slug: str, **more) -> Project:
    return create_project(**{"slug": slug, "name": slug.title(), "actor": None, "at": NOON, **more})


def slugs(response) -> list[str]:
    return [project["slug"] for project in response.json()["results"]]


def test_a_project_is_opened_with_all_it_says(client, maintainer, member):
    body = {
        "slug": "lantern",
        "name": "Lantern",
        "kind": "model",
        "stage": "incubating",
        "license": "mit or apache-2.0",
        "vision": "**Light**",
        "links": [{"label": "Home", "url": "https://lantern.example/"}],
        "topics": ["vision"],
        "maintainers": ["MIRA"],
    }

    response = client.post(
        "/api/v1/projects/", body, "application/json", headers=bearer(maintainer, "write")
    )

    shown = response.json()
    assert response.status_code == 201
    assert {key: shown[key] for key in body} == body | {
        "license": "MIT OR Apache-2.0",
        "maintainers": ["mira"],
    }
    assert client.get("/api/v1/projects/lantern/").json() == shown
    assert Event.objects.get(verb="projects.created").actor == maintainer


def test_a_change_touches_only_what_is_named(client, member):
    opened("lantern", maintainers=[member], summary="Old", topics=["vision"])

    response = client.patch(
        "/api/v1/projects/lantern/",
        {"summary": "New"},
        "application/json",
        headers=bearer(member, "write"),
    )

    assert (response.json()["summary"], response.json()["topics"]) == ("New", ["vision"])
    assert Event.objects.first().facts == {"diff": {"summary": ["Old", "New"]}}


def test_a_project_maintainer_cannot_take_a_stage(client, member):
    opened("lantern", maintainers=[member])

    response = client.patch(
        "/api/v1/projects/lantern/",
        {"stage": "graduated", "summary": "New"},
        "application/json",
        headers=bearer(member, "write"),
    )

    assert response.status_code == 403
    assert Project.objects.values_list("stage", "summary").get() == ("sandbox", "")


@pytest.mark.parametrize("who", ["nobody", "member"])
def test_a_stranger_writes_nothing(client, member, who):
    opened("lantern")
    headers = bearer(member, "write") if who == "member" else {}
    expected = 403 if who == "member" else 401
    body = {"slug": "other", "name": "Other"}

    made = client.post("/api/v1/projects/", body, "application/json", headers=headers)
    changed = client.patch("/api/v1/projects/lantern/", body, "application/json", headers=headers)

    assert (made.status_code, changed.status_code) == (expected, expected)
    assert list(Project.objects.values_list("slug", flat=True)) == ["lantern"]


def test_an_old_address_leads_to_the_new_one(client):
    project = opened("first")
    change_project(project=project, actor=None, at=NOON, slug="second")

    response = client.get("/api/v1/projects/first/")

    assert response.status_code == 301
    assert response["Location"].removeprefix("http://testserver") == "/api/v1/projects/second/"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["a", "b"]),
        ({"q": "模型"}, ["b"]),
        ({"kind": "model"}, ["b"]),
        ({"stage": "graduated"}, ["a"]),
        ({"license": "MIT"}, ["a"]),
        ({"topic": "VISION"}, ["a"]),
        ({"maintainer": "Mira"}, ["b"]),
        ({"ordering": "-name"}, ["b", "a"]),
        ({"q": "模型", "kind": "code"}, []),
    ],
)
def test_projects_are_narrowed_and_ordered(client, member, query, expected):
    opened("a", stage="graduated", license="MIT", topics=["vision"])
    opened("b", kind="model", summary="语言模型", maintainers=[member])

    assert slugs(client.get("/api/v1/projects/", query)) == expected


def test_the_best_match_comes_first_unless_an_order_is_asked_for(client):
    opened("aaa", vision="retrieval")
    opened("retrieval")

    assert slugs(client.get("/api/v1/projects/", {"q": "retrieval"})) == ["retrieval", "aaa"]
    assert slugs(client.get("/api/v1/projects/", {"q": "retrieval", "ordering": "name"})) == [
        "aaa",
        "retrieval",
    ]


def test_pages_are_as_long_as_asked_but_bounded(client):
    for number in range(3):
        opened(f"p{number}")

    first = client.get("/api/v1/projects/", {"page_size": 2}).json()
    second = client.get(first["next"]).json()

    assert (first["count"], len(first["results"]), len(second["results"])) == (3, 2, 1)
    assert client.get("/api/v1/projects/", {"page_size": 10**6}).status_code == 200


@pytest.mark.parametrize("size", [1, 3])
def test_a_page_of_projects_costs_the_same_whatever_their_number(
    client, member, size, django_assert_num_queries
):
    for number in range(size):
        factories.repository(opened(f"p{number}", maintainers=[member, factories.person()]))

    with django_assert_num_queries(3):
        body = client.get("/api/v1/projects/").json()

    assert [project["repositories"] for project in body["results"]] == [1] * size


@pytest.mark.parametrize("size", [1, 3])
def test_a_page_of_repositories_costs_the_same_whatever_their_number(
    client, size, django_assert_num_queries
):
    for _ in range(size):
        factories.repository()

    with django_assert_num_queries(2):
        body = client.get("/api/v1/repositories/").json()

    assert body["count"] == size


def test_repositories_are_narrowed_by_project(client):
    wanted = factories.repository(factories.project("lantern"))
    factories.repository()

    body = client.get("/api/v1/repositories/", {"project": "lantern"}).json()

    assert [one["id"] for one in body["results"]] == [wanted.pk]
    assert client.get(f"/api/v1/repositories/{wanted.pk}/").json()["project"] == "lantern"
