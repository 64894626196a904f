"""A form or body changes what it lists and nothing else, whatever else is sent with it."""

import pytest
from django.core.cache import cache
from django.forms.models import model_to_dict

from community.people.models import Person
from community.people.search import index_people
from community.projects.actions import create_project
from community.projects.models import Project
from tests.conftest import NOON
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db
DANGEROUS = [
    *("id", "pk", "_id", "uuid", "is_admin", "admin", "is_staff", "is_superuser", "superuser"),
    *("is_active", "active", "role", "roles", "groups", "user_permissions", "permissions"),
    *("password", "password_hash", "email", "email_verified", "verified", "verified_at"),
    *("owner", "owner_id", "user", "user_id", "person", "person_id", "created_at", "created_by"),
    *("updated_at", "deleted_at", "erased_at", "merged_into", "merged_into_id", "claimed_at"),
    *("last_login", "joined_at", "search_text", "secret_hash", "scopes", "token", "is_bot"),
    *("bot_reason", "avatar", "__class__", "__init__", "constructor", "_state", "distance"),
]
VALUES = [True, 1, "true", "2001-01-01T00:00:00Z", [1], {"a": 1}, None]


@pytest.fixture(autouse=True)
def _no_limits(settings):
    cache.clear()
    settings.API_RATES = {"address": None, "account": None}


def everything_else(model, listed: set[str], value) -> dict:
    """All names of the model's columns and the dangerous ones, but those that are listed."""
    names = {field.name for field in model._meta.get_fields()} | set(DANGEROUS)
    return dict.fromkeys(names - listed, value)


def state(row) -> dict:
    row = type(row).objects.get(pk=row.pk)
    relations = {field.name for field in row._meta.many_to_many}
    plain = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    many = {name: sorted(one.pk for one in getattr(row, name).all()) for name in relations}
    return plain | many


PROJECT = {
    *("slug", "name", "kind", "stage", "summary", "direction", "scenarios", "core_value"),
    *("vision", "mission", "license", "links", "topics", "maintainers"),
}
ME = {
    *("handle", "name", "bio", "website", "location", "languages", "time_zone"),
    *("interface_language", "visibility"),
}


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_project_takes_by_the_api_only_what_it_lists(client, maintainer, value):
    project = create_project(slug="lantern", name="Lantern", actor=None, at=NOON)
    before = state(project)

    response = client.patch(
        "/api/v1/projects/lantern/",
        everything_else(Project, PROJECT, value),
        "application/json",
        headers=bearer(maintainer, "write"),
    )

    assert response.status_code == 200
    assert state(project) == before


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_person_takes_by_the_api_only_what_it_lists(client, member, value):
    before = state(member)

    response = client.patch(
        "/api/v1/me/",
        everything_else(Person, ME, value),
        "application/json",
        headers=bearer(member, "write"),
    )

    assert response.status_code == 200
    assert state(member) == before


def test_a_project_takes_by_its_form_only_what_it_lists(maintainer_client):
    project = create_project(slug="lantern", name="Lantern", actor=None, at=NOON)
    before = state(project)
    shown = maintainer_client.get("/projects/lantern/edit/").context["form"].initial

    response = maintainer_client.post(
        "/projects/lantern/edit/", everything_else(Project, PROJECT, "1") | shown
    )

    assert response.status_code == 302
    assert state(project) == before


def test_a_person_takes_by_the_form_only_what_it_lists(member_client, member):
    index_people([member.pk])
    before = state(member)
    form = member_client.get("/settings/").context["form"]
    shown = {name: form[name].value() or "" for name in form.fields if name != "picture"}
    extra = everything_else(Person, ME | set(shown) | {"picture"}, "1")

    response = member_client.post("/settings/", extra | shown)

    assert response.status_code == 302
    assert state(member) == before


def test_a_token_takes_only_what_its_form_lists(member_client, member, maintainer):
    member_client.post(
        "/tokens/",
        {
            "label": "mirror",
            "scopes": ["read"],
            "days": 30,
            "person": maintainer.pk,
            "person_id": maintainer.pk,
            "expires_at": "2999-01-01",
            "secret_hash": "x",
            "prefix": "x",
        },
    )

    token = member.api_tokens.get()
    facts = model_to_dict(token, fields=["label", "person", "scopes"])
    assert facts == {"label": "mirror", "person": member.pk, "scopes": ["read"]}
    assert (token.expires_at - token.created_at).days == 30
