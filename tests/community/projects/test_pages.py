"""The directory, a project's page and its form, as a browser sees them."""

import pytest
from django.urls import reverse

from community.audit.models import Event
from community.projects.actions import change_project, create_project
from community.projects.licenses import spdx
from community.projects.models import Project
from tests import factories
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


def opened(slug: str, **more) -> Project:
    return create_project(**{"slug": slug, "name": slug.title(), "actor": None, "at": NOON, **more})


def listed(response) -> list[str]:
    return [project.slug for project in response.context["page"]]


def filled(**more) -> dict[str, str]:
    return {"name": "Lantern", "slug": "lantern", "kind": "code", "stage": "sandbox", **more}


def facet(response, name: str) -> list[tuple[str, int]]:
    [found] = [one for one in response.context["facets"] if one.name == name]
    return [(choice.value, choice.count) for choice in found.choices]


@pytest.mark.parametrize("view", ["", "table"])
@pytest.mark.parametrize("size", [1, 3])
def test_the_directory_costs_the_same_whatever_its_length(
    client, member, size, view, django_assert_num_queries
):
    for number in range(size):
        project = opened(f"p{number}", maintainers=[member, factories.person()])
        factories.repository(project)

    with django_assert_num_queries(3):
        response = client.get("/projects/", {"view": view})

    assert len(listed(response)) == size


@pytest.mark.parametrize("size", [1, 3])
def test_a_project_page_costs_the_same_whatever_it_holds(
    client, size, django_assert_max_num_queries
):
    project = opened("lantern", maintainers=[factories.person() for _ in range(size)])
    client.get("/projects/lantern/")
    with django_assert_max_num_queries(100) as before:
        client.get("/projects/lantern/")
    for _ in range(size):
        factories.person()
        project.maintainers.add(factories.person())

    with django_assert_max_num_queries(len(before)):
        response = client.get("/projects/lantern/")

    assert response.status_code == 200


def test_filters_keep_what_carries_every_value(client):
    opened("a", kind="model", stage="graduated", license="MIT", topics=["vision"])
    opened("b", kind="model", stage="sandbox", license="Apache-2.0", topics=["vision", "speech"])
    opened("c", kind="dataset", license="MIT", topics=["speech"])

    assert listed(client.get("/projects/", {"kind": "model"})) == ["a", "b"]
    assert listed(client.get("/projects/", {"kind": "model", "topic": "speech"})) == ["b"]
    assert listed(client.get("/projects/", {"license": "MIT", "stage": "graduated"})) == ["a"]
    assert listed(client.get("/projects/", {"kind": "docs"})) == []


def test_a_count_beside_a_value_is_what_choosing_it_would_leave(client):
    opened("a", kind="model", topics=["vision"])
    opened("b", kind="model", topics=["vision", "speech"])
    opened("c", kind="dataset", topics=["speech"])

    response = client.get("/projects/", {"topic": "speech"})

    assert facet(response, "kind") == [
        ("code", 0),
        ("model", 1),
        ("dataset", 1),
        ("benchmark", 0),
        ("docs", 0),
    ]
    assert facet(response, "topic") == [("speech", 2), ("vision", 2)]


def test_search_and_filter_go_together(client):
    opened("a", summary="语言模型", kind="model")
    opened("b", summary="语言数据", kind="dataset")

    assert listed(client.get("/projects/", {"q": "语言", "kind": "dataset"})) == ["b"]


def test_projects_are_sorted_by_name_or_age(client):
    opened("ant", at=NOON.replace(year=2020))
    opened("zebra")

    assert listed(client.get("/projects/")) == ["ant", "zebra"]
    assert listed(client.get("/projects/", {"sort": "newest"})) == ["zebra", "ant"]
    assert listed(client.get("/projects/", {"sort": "bogus"})) == ["ant", "zebra"]


def test_an_empty_directory_offers_maintainers_the_first_project(client, maintainer_client):
    link = reverse("projects:create")

    assert link not in client.get("/projects/").content.decode()
    assert link in maintainer_client.get("/projects/").content.decode()


def test_old_addresses_lead_to_the_new_one(client):
    project = opened("first")
    change_project(project=project, actor=None, at=NOON, slug="second")

    response = client.get("/projects/first/")

    assert (response.status_code, response["Location"]) == (301, "/projects/second/")


def test_positioning_is_markdown_without_its_dangers(client):
    opened("lantern", vision="**Light**<script>alert(1)</script> [x](javascript:alert(1))")

    page = client.get("/projects/lantern/").content.decode()

    assert "<strong>Light</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page


def test_no_expression_reads_the_list_of_licenses_anew(monkeypatch):
    spdx("MIT")
    monkeypatch.delattr("community.projects.licenses.get_spdx_licensing")

    assert spdx("apache-2.0 or mit") == "Apache-2.0 OR MIT"


def test_a_license_is_shown_by_its_name(client):
    opened("lantern", license="Apache-2.0 OR LicenseRef-Lantern")

    page = client.get("/projects/lantern/").content.decode()

    assert "Apache License 2.0 OR Lantern" in page


def test_a_maintainer_of_the_site_opens_a_project(maintainer_client, maintainer, member):
    response = maintainer_client.post(
        "/projects/new/",
        filled(
            topics="Vision, speech，vision",
            links="Home page https://lantern.example/\nhttps://docs.example/",
            maintainers="@MIRA",
            license="apache-2.0 or mit",
        ),
    )

    project = Project.objects.get()
    assert (response.status_code, response["Location"]) == (302, "/projects/lantern/")
    assert project.topics == ["Vision", "speech"]
    assert project.links == [
        {"label": "Home page", "url": "https://lantern.example/"},
        {"label": "https://docs.example/", "url": "https://docs.example/"},
    ]
    assert project.license == "Apache-2.0 OR MIT"
    assert list(project.maintainers.all()) == [member]
    assert Event.objects.get().actor == maintainer


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"slug": "new"}, "slug"),
        ({"slug": "a b"}, "slug"),
        ({"slug": "taken"}, "slug"),
        ({"kind": "song"}, "kind"),
        ({"license": "NOPE-1.0"}, "license"),
        ({"license": "MIT AND"}, "license"),
        ({"links": "x javascript:alert(1)"}, "links"),
        ({"maintainers": "nobody"}, "maintainers"),
        ({"topics": ",".join(f"t{n}" for n in range(21))}, "topics"),
        ({"vision": "x" * 10_001}, "vision"),
    ],
)
def test_an_error_stands_beside_its_field_and_nothing_typed_is_lost(
    maintainer_client, wrong, field
):
    opened("taken")

    response = maintainer_client.post("/projects/new/", filled(mission="Kept words") | wrong)

    page = response.content.decode()
    assert list(response.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in page
    assert "Kept words" in page
    assert Project.objects.count() == 1


def test_the_form_starts_with_what_is_there_and_saving_it_changes_nothing(
    maintainer_client, member
):
    project = opened(
        "lantern",
        topics=["vision", "speech"],
        links=[{"label": "Home", "url": "https://lantern.example/"}],
        maintainers=[member],
        license="MIT",
        vision="Bright",
    )

    shown = maintainer_client.get("/projects/lantern/edit/").context["form"].initial
    maintainer_client.post("/projects/lantern/edit/", shown)

    assert [event.verb for event in Event.objects.all()] == ["projects.created"]
    assert list(project.maintainers.all()) == [member]


def test_a_project_maintainer_changes_the_words_but_not_the_stage(member_client, member):
    opened("lantern", maintainers=[member])

    member_client.post(
        "/projects/lantern/edit/",
        filled(summary="Brighter", stage="graduated", maintainers="mira"),
    )

    project = Project.objects.get()
    assert (project.summary, project.stage) == ("Brighter", "sandbox")


def test_a_stranger_cannot_open_or_change_a_project(client, member_client):
    opened("lantern")

    assert client.get("/projects/new/").status_code == 302
    assert client.get("/projects/lantern/edit/").status_code == 302
    assert member_client.get("/projects/new/").status_code == 403
    assert member_client.post("/projects/new/", filled(slug="x")).status_code == 403
    assert member_client.get("/projects/lantern/edit/").status_code == 403
    assert member_client.post("/projects/lantern/edit/", filled()).status_code == 403
    assert Project.objects.count() == 1


def test_the_admin_writes_through_the_action(maintainer):
    from django.test import Client

    maintainer.is_superuser = True
    maintainer.save()
    admin = Client()
    admin.force_login(maintainer, backend="django.contrib.auth.backends.ModelBackend")
    project = opened("lantern")

    response = admin.post(
        f"/admin/projects/project/{project.pk}/change/",
        {"name": "Lamp", "kind": "code", "stage": "graduated"},
    )

    project.refresh_from_db()
    assert response.status_code == 302
    assert (project.name, project.stage) == ("Lamp", "graduated")
    assert list(Project.objects.matching("lamp")) == [project]
    assert Event.objects.first().verb == "projects.changed"
