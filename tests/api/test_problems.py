"""Every no of the API is a problem body with a code, whatever was sent."""

import json

import pytest

from community.projects.actions import create_project
from tests.conftest import NOON
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


def outcome(response) -> tuple[int, str, str]:
    body = response.json()
    assert sorted({"type", "title", "status", "code", "detail"} - set(body)) == []
    assert body["status"] == response.status_code
    return response.status_code, response["Content-Type"], body["code"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/nowhere/", 404, "not_found"),
        ("/api/v1/projects/none/", 404, "not_found"),
        ("/api/v1/projects/%00/", 404, "not_found"),
        ("/api/v1/people/%ED%A0%80/", 404, "not_found"),
        ("/api/v1/repositories/99999999999999999999999999/", 404, "not_found"),
        ("/api/v1/repositories/999999999999999999/", 404, "not_found"),
        ("/api/v1/repositories/x/", 404, "not_found"),
        ("/api/v1/projects/?page=0", 404, "not_found"),
        ("/api/v1/projects/?page=" + "9" * 5000, 404, "not_found"),
        ("/api/v1/projects/?kind=song", 400, "invalid"),
        ("/api/v1/projects/?q=%00", 400, "invalid"),
        ("/api/v1/projects/?topic=%00", 400, "invalid"),
        ("/api/v1/projects/?maintainer=%00", 400, "invalid"),
        ("/api/v1/projects/?ordering=password", 400, "invalid"),
        ("/api/v1/contributions/?from=yesterday", 400, "invalid"),
        ("/api/v1/contributions/?cursor=bogus", 404, "not_found"),
        ("/api/v1/contributions/?repository=" + "9" * 30, 400, "invalid"),
        ("/api/v1/contributions/?repository=1e5000", 400, "invalid"),
        ("/api/v1/contributions/?repository=NaN", 400, "invalid"),
        ("/api/v1/contributions/?person=%00", 400, "invalid"),
        ("/api/v1/projects/?format=html", 404, "not_found"),
        ("/api/v1/me/", 401, "not_authenticated"),
    ],
)
def test_a_bad_question_is_a_problem(client, path, status, code):
    assert outcome(client.get(path)) == (status, PROBLEM, code)


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"", "application/json", 400, "invalid"),
        (b"{", "application/json", 400, "parse_error"),
        (b"[]", "application/json", 400, "invalid"),
        (b"null", "application/json", 400, "invalid"),
        (b'"text"', "application/json", 400, "invalid"),
        (b"\xff\xfe", "application/json", 400, "parse_error"),
        (b"[" * 100_000, "application/json", 400, "parse_error"),
        (b'{"a":' * 100_000, "application/json", 400, "parse_error"),
        (b'{"slug":NaN}', "application/json", 400, "parse_error"),
        (b'{"slug":' + b"9" * 5000 + b"}", "application/json", 400, "parse_error"),
        (b"slug=x", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"--x", "multipart/form-data", 415, "unsupported_media_type"),
        (b"<a/>", "text/xml", 415, "unsupported_media_type"),
        (b"{}", "application/json; charset=base64", 400, "parse_error"),
        (b"{}", "application/json; charset=nonsense", 400, "invalid"),
    ],
)
def test_a_bad_body_is_a_problem(client, maintainer, body, kind, status, code):
    headers = bearer(maintainer, "write")

    response = client.generic("POST", "/api/v1/projects/", body, kind, headers=headers)

    assert outcome(response) == (status, PROBLEM, code)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "a\0b"),
        ("name", "a\0b"),
        ("name", "\ud800"),
        ("name", "x" * 121),
        ("name", []),
        ("kind", {}),
        ("kind", []),
        ("vision", "\udfff"),
        ("vision", "x" * 10_001),
        ("license", "((("),
        ("license", "MIT\0"),
        ("links", [{"label": "x", "url": "javascript:alert(1)"}]),
        ("links", [{"label": "x", "url": "https://x.invalid/\0"}]),
        ("links", "x"),
        ("links", [[]]),
        ("topics", ["\ud800"]),
        ("topics", ["x"] * 21),
        ("topics", [["x"]]),
        ("topics", {"a": 1}),
        ("maintainers", ["nobody"]),
        ("maintainers", [None]),
        ("maintainers", ["a\0b"]),
    ],
)
def test_a_bad_value_is_named(client, maintainer, field, value):
    body = json.dumps({"slug": "lantern", "name": "Lantern", field: value})

    response = client.post(
        "/api/v1/projects/", body, "application/json", headers=bearer(maintainer, "write")
    )

    assert response.status_code in {400, 409}
    if response.status_code == 400:
        assert list(response.json()["errors"]) == [field]


def test_a_refusal_is_409_with_its_code(client, maintainer):
    create_project(slug="lantern", name="Lantern", actor=None, at=NOON)

    response = client.post(
        "/api/v1/projects/",
        {"slug": "lantern", "name": "Another"},
        "application/json",
        headers=bearer(maintainer, "write"),
    )

    assert outcome(response) == (409, PROBLEM, "slug_taken")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_what_cannot_be_done_is_405(client, maintainer, method):
    response = client.generic(
        method, "/api/v1/projects/", headers=bearer(maintainer, "read", "write")
    )

    assert outcome(response)[0] == 405


def test_only_json_is_spoken(client):
    response = client.get("/api/v1/projects/", headers={"accept": "text/html"})

    assert outcome(response) == (406, PROBLEM, "not_acceptable")


def test_a_session_writes_only_with_its_csrf_token(maintainer):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(maintainer, backend="django.contrib.auth.backends.ModelBackend")
    project = {"slug": "lantern", "name": "Lantern"}

    refused = strict.post("/api/v1/projects/", project, "application/json")
    strict.get("/projects/new/")
    accepted = strict.post(
        "/api/v1/projects/",
        project,
        "application/json",
        headers={"x-csrftoken": strict.cookies["csrftoken"].value},
    )

    assert outcome(refused) == (403, PROBLEM, "permission_denied")
    assert accepted.status_code == 201


def test_too_large_a_body_is_a_problem(client, maintainer, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    response = client.post(
        "/api/v1/projects/",
        {"name": "x" * 2000},
        "application/json",
        headers=bearer(maintainer, "write"),
    )

    assert outcome(response)[0] in {400, 413}


def test_asking_too_often_is_429_for_that_address_alone(client, settings):
    settings.API_RATES = {"address": "2/min", "account": None}
    answers = [client.get("/api/v1/projects/", REMOTE_ADDR="2001:db8::1") for _ in range(3)]
    same_network = client.get("/api/v1/projects/", REMOTE_ADDR="2001:db8::ffff:2")
    forged = client.get(
        "/api/v1/projects/",
        REMOTE_ADDR="2001:db8::1",
        headers={"x-forwarded-for": "203.0.113.9"},
    )
    other = client.get("/api/v1/projects/", REMOTE_ADDR="203.0.113.8")

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert outcome(answers[2]) == (429, PROBLEM, "throttled")
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert (same_network.status_code, forged.status_code, other.status_code) == (429, 429, 200)


def test_an_account_has_one_limit_for_all_its_tokens(client, settings, member, maintainer):
    settings.API_RATES = {"address": None, "account": "2/min"}
    first, second, other = bearer(member), bearer(member), bearer(maintainer)

    answers = [
        client.get("/api/v1/projects/", headers=headers).status_code
        for headers in (first, second, first, second, other)
    ]

    assert answers == [200, 200, 429, 429, 200]
