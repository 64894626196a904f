"""Who may reach what: every address, method and role, against a table that is checked in.

A cell holds the status of the answer, or `sign-in` where the browser is sent to
sign in; an empty one is not tried. An address without a row fails, and so does
an empty cell where the view is ours.
"""

from itertools import groupby

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from tests.security.addresses import is_ours, names, patterns, rows
from tests.security.world import ROLES

pytestmark = [pytest.mark.django_db, pytest.mark.alike]
BY_NAME = [(name, list(group)) for name, group in groupby(rows(), key=lambda row: row["name"])]


def outcome(client: Client, method: str, path: str) -> str:
    """What this client gets; whatever it changed is undone."""
    kind = "application/json" if path.startswith("/api/") else "application/x-www-form-urlencoded"
    body = "{}" if path.startswith("/api/") and method != "GET" else ""
    savepoint = transaction.savepoint()
    response = client.generic(method, path, body, content_type=kind)
    transaction.savepoint_rollback(savepoint)
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/"):
        return "sign-in"
    return str(response.status_code)


@pytest.mark.parametrize(("name", "group"), BY_NAME, ids=[name for name, _group in BY_NAME])
def test_each_role_gets_what_the_table_says(world, name, group):
    found, expected = [], []
    for row in group:
        path = row["path"].format_map(world.ids)
        tried = [role for role in ROLES if row[role]]
        answers = {role: outcome(world.client(role), row["method"], path) for role in tried}
        found.append({"method": row["method"], **answers})
        expected.append({"method": row["method"]} | {role: row[role] for role in tried})

    assert found == expected


def test_every_address_has_a_row():
    listed = {row["name"] for row in rows()}

    assert sorted(set(names()) - listed) == []
    assert sorted(listed - set(names())) == []


def test_each_of_our_addresses_is_tried_with_reading_and_writing():
    tried = {(row["name"], row["method"]) for row in rows()}
    ours = {name for name, one in patterns(get_resolver()) if is_ours(one)}
    wanted = {(name, method) for name in ours for method in ("GET", "POST")}

    assert sorted(wanted - tried) == []


def test_no_cell_of_ours_is_left_empty():
    ours = {name for name, one in patterns(get_resolver()) if is_ours(one)}
    empty = [
        (row["name"], row["method"], role)
        for row in rows()
        for role in ROLES
        if row["name"] in ours and not row[role] and not is_token_on_page(row, role)
    ]

    assert empty == []


def is_token_on_page(row: dict[str, str], role: str) -> bool:
    return role.endswith("token") and not row["path"].startswith("/api/")


def test_a_token_opens_no_page_that_asks_for_sign_in(world):
    private = [row for row in rows() if row["anonymous"] == "sign-in"]

    answers = {
        (row["method"], row["path"]): outcome(
            world.client("maintainer token"), row["method"], row["path"].format_map(world.ids)
        )
        for row in private
    }

    assert {where: answer for where, answer in answers.items() if answer != "sign-in"} == {}


def test_the_back_office_is_closed_to_all_but_superusers(world):
    """A maintainer finds projects there, which they may change anyway, and nothing else."""
    addresses = [
        f"/admin/{pattern}".replace("<path:object_id>", "1").replace("<path:content_type_id>", "1")
        for pattern in admin_routes()
    ]

    for path in addresses:
        for role in ("anonymous", "member", "owner", "maintainer token"):
            answer = world.client(role).get(path)
            assert (path, answer.status_code, answer["Location"].split("?")[0]) == (
                path,
                302,
                "/admin/login/",
            )
        if "/projects/project/" not in path:
            assert world.client("maintainer").get(path).status_code != 200, path
    assert world.client("superuser").get("/admin/tokens/apitoken/").status_code == 200


def admin_routes() -> list[str]:
    from django.contrib import admin

    return [
        f"{model._meta.app_label}/{model._meta.model_name}/{tail}"
        for model in admin.site._registry
        for tail in ("", "add/", "1/change/", "1/delete/", "1/history/")
    ]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_the_api_changes_only_projects_and_oneself(world, method):
    paths = {row["path"].format_map(world.ids) for row in rows() if row["name"].startswith("api:")}
    writable = {"/api/v1/me/", "/api/v1/projects/lantern/", "/api/v1/nowhere/"}
    writable.add("/api/v1/subscriptions/1/")  # one's own, and 404 for all others
    superuser = world.client("superuser")

    answers = {
        path: superuser.generic(method, path, "{}", content_type="application/json").status_code
        for path in paths - writable
    }

    assert {path: status for path, status in answers.items() if status != 405} == {}


def test_every_page_that_takes_a_form_asks_for_its_csrf_token(world):
    """Signed in, but without the token: a form posted from elsewhere changes nothing."""
    posts = [
        row
        for row in rows()
        if row["method"] == "POST"
        and not row["path"].startswith("/api/")
        and row["superuser"] not in {"404", "405"}
    ]
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(
        world.people["superuser"], backend="django.contrib.auth.backends.ModelBackend"
    )

    answers = {
        row["path"]: browser.post(row["path"].format_map(world.ids)).status_code for row in posts
    }

    assert {path: status for path, status in answers.items() if status != 403} == {}
