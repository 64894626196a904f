"""Hostile text, thrown at whatever takes text: it comes back as it was, or not at all."""

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.html import escape

from community.projects.actions import change_project, create_project
from community.projects.models import Project
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "payloads"


def payloads(name: str) -> list[str]:
    path = FOLDER / f"{name}.jsonl"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return [json.loads(line)["payload"] for line in path.read_text().split("\n") if line]


def some(found: list[str], every: int = 1) -> list[str]:
    """Each of the payloads by this step where `ALL_PAYLOADS` is set, else a fifth of those."""
    return found[:: every if "ALL_PAYLOADS" in os.environ else 5 * every]


@pytest.fixture(autouse=True)
def _no_limits(settings):
    cache.clear()
    settings.API_RATES = {"address": None, "account": None}


def is_foreign(location: str) -> bool:
    """Whether a browser would leave the site: it reads backslashes and controls its own way."""
    seen = re.sub(r"[\t\r\n]", "", location.strip()).replace("\\", "/")
    there = urlsplit(urljoin("http://testserver/here/", seen))
    return (there.scheme, there.netloc) != ("http", "testserver")


def test_no_address_to_go_on_to_leads_away(member):
    """The theme, the language, signing in and signing out take a `next`."""
    away = []
    browser = Client()
    for payload in some(payloads("open_redirect")):
        for path in ("/theme/", "/i18n/setlang/"):
            answer = browser.post(path, {"next": payload, "language": "en", "theme": "dark"})
            if answer.status_code == 302 and is_foreign(answer["Location"]):
                away.append((path, payload, answer["Location"]))

    assert away == []


def test_signing_in_and_out_never_leads_away(member):
    member.set_password("a long password")
    member.save()
    away = []
    for payload in some(payloads("open_redirect"), 8):
        cache.clear()
        browser = Client()
        for path, facts in (
            ("/accounts/login/", {"login": "mira", "password": "a long password"}),
            ("/accounts/logout/", {}),
        ):
            answer = browser.post(path, {**facts, "next": payload})
            if answer.status_code == 302 and is_foreign(answer["Location"]):
                away.append((path, payload, answer["Location"]))

    assert away == []


def test_line_ends_in_an_address_make_no_header(client):
    for payload in payloads("crlf"):
        for path in (payload, f"/projects{payload}", f"/theme/?next={payload}"):
            answer = client.get(path if path.startswith("/") else f"/{path}")
            assert "crlf" not in answer.cookies
            assert answer.status_code in {301, 302, 400, 404, 405}


def test_naughty_words_come_back_as_they_were(client):
    """Stored, found again, shown escaped and answered by the API without a change."""
    project = create_project(slug="lantern", name="Lantern", actor=None, at=NOON)
    changed = []
    for payload in some(payloads("naughty")):
        words = payload.replace("\0", "")[:300]
        if not words.strip() or any("\ud800" <= sign <= "\udfff" for sign in words):
            continue
        change_project(project=project, actor=None, at=NOON, summary=words, vision=words)
        stored = Project.objects.get().summary
        answered = client.get("/api/v1/projects/lantern/").json()["summary"]
        if (stored, answered) != (words, words):
            changed.append(words)
    page = client.get("/projects/lantern/").content.decode()

    assert changed == []
    assert escape(Project.objects.get().summary) in page


def test_naughty_words_in_the_form_are_kept_or_refused_but_never_an_error(maintainer_client):
    create_project(slug="lantern", name="Lantern", actor=None, at=NOON)
    for payload in some(payloads("naughty"), 4):
        answer = maintainer_client.post(
            "/projects/lantern/edit/",
            {
                "name": payload,
                "slug": "lantern",
                "kind": "code",
                "stage": "sandbox",
                "summary": payload,
                "topics": payload,
                "license": payload,
                "links": payload,
            },
        )
        assert answer.status_code in {200, 302}


SEARCHES = [
    ("/projects/", ["q", "kind", "stage", "license", "topic", "sort", "page", "view"]),
    ("/people/", ["q", "organization", "sort", "page"]),
    ("/search/", ["q"]),
    ("/api/v1/projects/", ["q", "topic", "license", "maintainer", "ordering", "page"]),
    ("/api/v1/people/", ["q", "organization", "ordering"]),
    ("/api/v1/contributions/", ["project", "repository", "person", "kind", "from", "cursor"]),
    ("/api/v1/work-items/", ["project", "author", "state", "waiting", "ordering"]),
]


@pytest.mark.parametrize(("path", "parameters"), SEARCHES, ids=[path for path, _ in SEARCHES])
def test_database_language_in_a_filter_finds_nothing_and_breaks_nothing(client, path, parameters):
    create_project(slug="lantern", name="Lantern", actor=None, at=NOON)
    broken = []
    for payload in some(payloads("sqli"), 3):
        for parameter in parameters:
            answer = client.get(path, {parameter: payload})
            if answer.status_code not in {200, 400, 404}:
                broken.append((parameter, payload, answer.status_code))

    assert broken == []
    assert Project.objects.count() == 1


@pytest.mark.parametrize("kind", ["xss_html", "xss_markdown"])
def test_scripts_in_positioning_are_gone_from_the_page(client, kind):
    project = create_project(slug="lantern", name="Lantern", actor=None, at=NOON)
    found = payloads(kind)
    step = max(1, len(found) // 150)
    sample = [words.replace("\0", "") for words in found[::step]]
    texts = [
        "\n\n".join(sample[start : start + 10])[:10_000] for start in range(0, len(sample), 10)
    ]
    for text in texts:
        change_project(project=project, actor=None, at=NOON, vision=text, summary=text[:300])
        page = client.get("/projects/lantern/").content.decode()
        prose = page.partition('<div class="prose"')[2].partition("</article>")[0]
        reader = Dangers()
        reader.feed(prose)
        assert reader.found == []


class Dangers(HTMLParser):
    """Collects what a browser would run or load, read as a browser reads it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag, attrs):
        if tag in {"script", "iframe", "object", "embed", "svg", "math", "style", "form", "base"}:
            self.found.append((tag, ""))
        for name, value in attrs:
            target = re.sub(r"[\t\r\n]", "", value or "").strip().lower()
            runs = target.startswith(("javascript:", "data:", "vbscript:"))
            if name.startswith("on") or name == "style" or (name in {"href", "src"} and runs):
                self.found.append((name, value or ""))
