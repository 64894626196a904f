"""Addresses, filters, methods and cookies that no page of ours would send: never an error."""

from datetime import date
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client

from contributors.metrics.periods import Extent, window_of
from tests.security.addresses import rows

pytestmark = pytest.mark.django_db
PARAMETERS = (
    *("q", "kind", "stage", "license", "topic", "sort", "page", "view", "organization", "claimed"),
    *("bots", "project", "repository", "person", "author", "state", "by", "waiting", "from", "to"),
    *("year", "days", "month", "kept", "absorbed", "ordering", "page_size", "cursor", "metric"),
    *("scope", "verb", "actor", "subject", "task", "status", "provider", "is_bot", "maintainer"),
    *("period", "group", "with", "projects", "lang"),
)
VALUES = {
    "nul": "a\0b",
    "long": "9" * 5000,
    "huge": "99999999999999999999999",
    "first day": "0001-01-01",
    "quotes": "'\"\\%{{",
    "line end": "\r\nX-Sent: yes",
}
HANDLES = (
    "a%0Ab",
    "a%00b",
    "a%0D%0AX-Sent:%20yes",
    "%ff",
    "%22",
    "%2e%2e",
    "%E5%BC%A0",
    "x" * 3000,
)
PLACES = (
    *("/@{}/", "/@{}/avatar/", "/@{}/split/", "/@{}/link/", "/@{}/bot/", "/projects/{}/"),
    *("/organizations/{}/", "/welcome/{}/", "/api/v1/people/{}/", "/api/v1/projects/{}/"),
    *("/series/person:{}/contributions.csv", "/series/project:{}/contributions.json"),
    *("/embed/badge/{}/contributions.svg", "/embed/chart/community/{}.svg"),
    *("/embed/card/person:{}/contributions/", "/projects/{}/notable.atom"),
)
COOKIES = ('"', "\\0", "../../etc", "zh-hans-" + "a" * 600, "%00", "x" * 4000)


def status(client: Client, method: str, path: str) -> int:
    """What the client gets; whatever it changed is undone."""
    savepoint = transaction.savepoint()
    client.raise_request_exception = False
    answer = client.generic(method, path)
    if answer.streaming:
        b"".join(answer.streaming_content)
    transaction.savepoint_rollback(savepoint)
    assert "X-Sent" not in answer.headers
    return answer.status_code


def lists(world) -> list[str]:
    """Our pages that read filters, and the API's lists."""
    skipped = ("/accounts/", "/api/v1/schema/", "/api/v1/docs/", "/settings/", "/style/")
    found = {row["path"].format_map(world.ids) for row in rows() if row["method"] == "GET"}
    return sorted(path for path in found if not path.startswith(skipped))


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_no_value_of_a_filter_breaks_a_list(world, value):
    client = world.client("superuser")
    query = urlencode(dict.fromkeys(PARAMETERS, value))

    answers = {path: status(client, "GET", f"{path}?{query}") for path in lists(world)}

    assert {path: answer for path, answer in answers.items() if answer >= 500} == {}


@pytest.mark.parametrize("handle", HANDLES, ids=range(len(HANDLES)))
def test_no_name_in_an_address_breaks_its_page(world, handle):
    client = world.client("superuser")

    answers = {
        (method, place): status(client, method, place.format(handle))
        for place in PLACES
        for method in ("GET", "POST")
    }

    assert {where: answer for where, answer in answers.items() if answer >= 500} == {}


@pytest.mark.alike
def test_only_pages_that_take_forms_answer_other_methods(world):
    client = world.client("superuser")
    paths = {
        row["path"].format_map(world.ids)
        for row in rows()
        if not row["path"].startswith(("/accounts/", "/i18n/", "/api/"))
    }

    answers = {
        (path, method): status(client, method, path)
        for path in paths
        for method in ("DELETE", "OPTIONS", "TRACE")
    }

    assert {where: answer for where, answer in answers.items() if answer in {200, 204, 500}} == {}


@pytest.mark.alike
@pytest.mark.parametrize("name", ["theme", "django_language", "sessionid", "csrftoken", "messages"])
def test_no_cookie_breaks_a_page(world, name):
    client = Client(raise_request_exception=False)
    answers = []
    for value in COOKIES:
        client.defaults["HTTP_COOKIE"] = f"{name}={value}"
        answers += [status(client, "GET", path) for path in ("/", "/projects/", "/accounts/login/")]

    assert set(answers) == {200}


@pytest.mark.parametrize(
    ("start", "end"), [("0001-01-01", "0001-02-01"), ("9999-12-01", "9999-12-31")]
)
def test_a_period_at_the_end_of_the_calendar_is_read_as_the_usual_one(start, end):
    window = window_of({"from": start, "to": end}, Extent(date(2026, 1, 1), date(2026, 3, 1)))

    assert window.days == 90
