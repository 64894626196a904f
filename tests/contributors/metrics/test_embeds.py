"""What other sites may show: for everybody alike, and of what everybody may see."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import cache

from community.people.models import Identity, Person
from contributors.metrics.actions import rebuild_figures
from contributors.metrics.models import RecentFigure
from tests import factories
from tests.factories import ledger
from tests.kept import once

pytestmark = [pytest.mark.django_db, pytest.mark.alike]
AT = datetime(2026, 12, 31, tzinfo=UTC)
PLACES = ("/embed/badge/{}/{}.svg", "/embed/chart/{}/{}.svg", "/embed/card/{}/{}/")


@once
def a_quarter():
    repository = factories.repository(factories.project("atlas", name="Atlas <&> “炬”\x0b"))
    ledger.quarter(repository)
    rebuild_figures(at=AT)
    return repository


@pytest.fixture
def seeded(db):
    cache.clear()
    return a_quarter()


def statuses(client, scope: str, metric: str = "contributions") -> list[int]:
    return [client.get(place.format(scope, metric)).status_code for place in PLACES]


@pytest.mark.parametrize("place", PLACES[:2])
@pytest.mark.parametrize("metric", ["contributions", "time_to_first_response", "bot_share"])
@pytest.mark.parametrize("query", ["", "?lang=zh-hans", "?days=365", "?days=x&lang=x"])
def test_a_drawing_is_well_formed_and_asks_for_nothing(place, metric, query, client, seeded):
    answer = client.get(place.format("project:atlas", metric) + query)

    root = ET.fromstring(answer.content)
    links = [name for one in root.iter() for name in one.attrib if name.endswith("href")]
    assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.find(".//{http://www.w3.org/2000/svg}title").text
    assert (links, "<script" in answer.text, "url(" in answer.text) == ([], False, False)


def test_the_badge_says_the_figure_of_the_last_days(client, seeded):
    figure = RecentFigure.objects.get(scope="project", metric="contributors", days=90)

    text = client.get("/embed/badge/project:atlas/contributors.svg").text

    assert f">{figure.value:.0f}</text>" in text
    assert "Last 90 days" in text


def test_a_chart_has_colors_of_its_own_for_light_and_dark(client, seeded):
    answer = client.get("/embed/chart/project:atlas/contributions.svg")

    assert "prefers-color-scheme: dark" in answer.text
    assert "'sha256-" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_only_the_card_may_be_framed(client, seeded):
    badge, chart, card = (client.get(p.format("project:atlas", "contributions")) for p in PLACES)

    framed = [
        ("X-Frame-Options" in one, "frame-ancestors *" in one["Content-Security-Policy"])
        for one in (badge, chart, card)
    ]
    assert framed == [(True, False), (True, False), (False, True)]


def test_the_card_knows_nobody_and_takes_nothing(maintainer_client, client, seeded):
    address = PLACES[2].format("project:atlas", "contributions")

    mine, everybodys = maintainer_client.get(address), client.get(address)

    assert mine.content == everybodys.content
    assert (dict(everybodys.cookies), dict(mine.cookies)) == ({}, {})
    assert [word for word in ("<form", "<script", "<input", "csrf") if word in mine.text] == []


@pytest.mark.parametrize("place", PLACES)
def test_what_has_not_changed_is_not_sent_again(place, client, seeded):
    address = place.format("community", "contributions")
    first = client.get(address)

    again = client.get(address, headers={"if-none-match": first["ETag"]})

    assert first["Cache-Control"] == "public, max-age=3600"
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "scope",
    [
        "nobody",
        "project:none",
        "project:",
        "repository:x",
        "repository:-1",
        "repository:99999999999999999999",
        "person:nobody",
        "%22%3E%3Cscript%3E",
        "a%00b",
        "%0d%0aX-Sent:%20yes",
        "%ff",
        "..",
        "%2e%2e%2f",
        "x" * 3000,
    ],
)
def test_a_scope_that_is_not_there_is_not_found(scope, client, seeded):
    assert statuses(client, scope) == [404, 404, 404]


@pytest.mark.parametrize(
    "metric", ["nope", "__class__", "CONTRIBUTIONS", "%00", "a%2Fb", "x" * 999]
)
def test_a_metric_that_is_not_there_is_not_found(metric, client, seeded):
    assert statuses(client, "community", metric) == [404, 404, 404]


def test_a_private_repository_is_shown_elsewhere_to_nobody(client, maintainer_client, seeded):
    scope = f"repository:{seeded.pk}"
    before = statuses(client, scope)
    seeded.is_private = True
    seeded.save()

    assert before == [200, 200, 200]
    assert (statuses(client, scope), statuses(maintainer_client, scope)) == ([404] * 3, [404] * 3)


@pytest.mark.parametrize("level", ["members", "hidden"])
def test_who_does_not_show_everybody_what_they_do_is_not_found(
    level, client, maintainer_client, seeded
):
    person = Identity.objects.get(uid=ledger.actor(1).uid).person
    scope = f"person:{person.handle}"
    before = statuses(client, scope)
    Person.objects.filter(pk=person.pk).update(visibility={"activity": level})

    assert before == [200, 200, 200]
    assert (statuses(client, scope), statuses(maintainer_client, scope)) == ([404] * 3, [404] * 3)


def test_a_site_without_figures_has_empty_drawings(client):
    assert statuses(client, "community") == [200, 200, 200]
