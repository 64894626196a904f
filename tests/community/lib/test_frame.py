"""The small pages of the frame: theme, search, errors, files for machines."""

import json
import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from community.people.search import search_text
from community.projects.search import index_text
from tests import factories


def test_a_chosen_theme_is_remembered_in_a_cookie(client, db):
    answer = client.post("/theme/", {"theme": "dark", "next": "/accounts/login/"})

    assert (answer.status_code, answer.url) == (302, "/accounts/login/")
    assert answer.cookies["theme"].value == "dark"
    assert '<html lang="en" data-theme="dark">' in client.get(answer.url).content.decode()


def test_following_the_system_forgets_the_cookie(client, db):
    client.post("/theme/", {"theme": "dark"})

    client.post("/theme/", {"theme": "system"})

    assert '<html lang="en">' in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test/", "javascript:alert(1)"])
def test_the_theme_switch_sends_nobody_to_another_host(client, target):
    assert client.post("/theme/", {"theme": "dark", "next": target}).url == "/"


def test_a_cookie_with_another_word_is_ignored(client, db):
    client.cookies["theme"] = '"><script>'

    assert '<html lang="en">' in client.get("/accounts/login/").content.decode()


def test_search_finds_people_and_projects_with_two_chinese_characters(client, db):
    factories.person("wei", name="张伟民", search_text=search_text("wei", "张伟民"))
    factories.project("lamp", name="灯芯 Lamp", search_text=index_text([["灯芯 Lamp"]]))

    people = client.get("/search/", {"q": "伟民"}).context["groups"]
    projects = client.get("/search/", {"q": "灯芯"}).context["groups"]

    assert [(str(source.label), hits[0].title) for source, hits in people] == [("People", "张伟民")]
    assert [hits[0].title for _, hits in projects] == ["灯芯 Lamp"]


def test_search_without_words_asks_no_app(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/search/", {"q": " \0 "})

    assert answer.context["groups"] == []


@pytest.mark.parametrize("size", [1, 3])
def test_search_costs_the_same_whatever_it_finds(client, db, size, django_assert_num_queries):
    for number in range(size):
        handle = f"lantern-{number}"
        factories.person(handle, search_text=search_text(handle, ""))
        factories.project(handle, search_text=index_text([[handle]]))

    with django_assert_num_queries(3):
        answer = client.get("/search/", {"q": "lantern"})

    assert [len(hits) for _, hits in answer.context["groups"]] == [size, size]


@pytest.mark.parametrize("page", ["500.html", "400.html"])
def test_the_pages_for_broken_requests_need_neither_database_nor_request(page):
    html = render_to_string(page)

    assert page[:3] in html
    assert "csrfmiddlewaretoken" not in html


def test_a_missing_page_keeps_the_frame_and_its_search(client, db):
    answer = client.get("/no/such/page/")

    assert answer.status_code == 404
    assert answer.templates[0].name == "404.html"
    assert 'role="search"' in answer.content.decode()


def test_a_stale_form_is_explained(db):
    answer = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"})

    assert answer.status_code == 403
    assert "This form is out of date" in answer.content.decode()


def test_security_txt_is_absent_until_somebody_answers(client, settings):
    settings.SECURITY_CONTACT = ""
    absent = client.get("/.well-known/security.txt").status_code
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    text = client.get("/.well-known/security.txt").content.decode()

    assert absent == 404
    assert re.match(r"Contact: mailto:security@example\.org\nExpires: \d{4}-\d\d-\d\dT", text)


def test_the_manifest_and_robots_are_readable_by_machines(client):
    manifest = json.loads(client.get(reverse("manifest")).content)
    robots = client.get(reverse("robots")).content.decode()

    assert manifest["name"] == "Guildhall"
    assert robots.splitlines()[:2] == ["User-agent: *", "Disallow: /accounts/"]
