"""The bell, the list, opening, and what comes by mail; the same in the API."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache

from community.lib.refusals import Sentence
from community.notifications.models import Notice, Preference
from tests.community.notifications.conftest import reader
from tests.conftest import NOON
from tests.factories.notices import notice
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db
LABEL = re.compile(r'class="button quiet icon-only bell" href="/notices/" aria-label="([^"]+)"')


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def bell(browser) -> list[str]:
    return LABEL.findall(browser.get("/people/").text)


def test_the_bell_says_how_many_are_unread(member_client, member, maintainer, client):
    none = bell(member_client)
    for _ in range(2):
        notice(member)
    notice(member, read_at=NOON)
    notice(maintainer)

    assert (none, bell(member_client)) == (["Notices"], ["Notices, 2 unread"])
    assert bell(client) == []


def test_the_bell_stops_counting_at_a_hundred(member_client, member):
    Notice.objects.bulk_create(
        Notice(person=member, key=str(number), created_at=NOON) for number in range(120)
    )

    assert ">99+<" in member_client.get("/people/").text


def test_the_newest_stands_first_and_nobody_elses_at_all(member_client, member, maintainer):
    old = notice(member, created_at=NOON - timedelta(days=1), read_at=NOON)
    new = notice(member)
    notice(maintainer)

    answer = member_client.get("/notices/")

    assert list(answer.context["page"]) == [new, old]
    assert answer.text.count('class="unread"') == 1


def test_nothing_told_is_said(member_client):
    answer = member_client.get("/notices/")

    assert "Nobody has told you anything yet." in answer.text
    assert "Mark all as read" not in answer.text


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_costs_the_same_whatever_was_told(
    member_client, member, size, django_assert_num_queries
):
    for _ in range(size):
        notice(member)

    with django_assert_num_queries(6):  # session, person, number, rows, whether unread, bell
        answer = member_client.get("/notices/")

    assert len(answer.context["page"]) == size


@pytest.mark.parametrize("method", ["get", "post"])
def test_opening_one_reads_it_and_leads_on(member_client, member, method):
    one = notice(member)

    answer = getattr(member_client, method)(f"/notices/{one.pk}/")

    assert (answer.status_code, answer["Location"]) == (302, "/criteria/voters/")
    assert Notice.objects.get().read_at is not None


def test_looking_at_the_head_reads_nothing(member_client, member):
    one = notice(member)

    assert member_client.head(f"/notices/{one.pk}/").status_code == 302
    assert Notice.objects.get().read_at is None


def test_nobody_opens_what_others_were_told(member_client, maintainer):
    one = notice(maintainer)

    assert member_client.get(f"/notices/{one.pk}/").status_code == 404
    assert Notice.objects.get().read_at is None


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)"]
)
def test_no_notice_leads_away(member_client, member, url):
    one = notice(member, url=url)

    assert member_client.get(f"/notices/{one.pk}/")["Location"] == "/notices/"


def test_everything_is_read_at_once(member_client, member):
    for _ in range(2):
        notice(member)

    answer = member_client.post("/notices/read/")

    assert (answer["Location"], Notice.objects.unread().count()) == ("/notices/", 0)


def test_what_somebody_wrote_is_text(member_client, member):
    notice(member, sentence=Sentence("%(name)s", {"name": "<script>alert(1)</script>"}))

    text = member_client.get("/notices/").text

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert(1)" not in text


def test_elections_come_by_mail_until_somebody_says_no(member_client, member):
    shown = member_client.get("/notices/preferences/").context["form"]
    answer = member_client.post("/notices/preferences/", {})
    no = Preference.objects.groups_mailed_to(member.pk)
    member_client.post("/notices/preferences/", {"elections": "on"})

    assert (shown["elections"].value(), answer.status_code, no) == (True, 302, [])
    assert Preference.objects.groups_mailed_to(member.pk) == ["elections"]


def test_the_settings_lead_there_and_say_where_mail_goes(client, member_client):
    client.force_login(reader("ada"), backend="django.contrib.auth.backends.ModelBackend")

    assert "They are sent to ada@example.com." in client.get("/notices/preferences/").text
    assert "confirm an e-mail address" in member_client.get("/notices/preferences/").text
    assert 'href="/notices/preferences/"' in member_client.get("/settings/").text


def test_the_api_lists_what_one_was_told(client, member, maintainer):
    old = notice(member, read_at=NOON, created_at=NOON - timedelta(days=1))
    new = notice(member)
    notice(maintainer)
    headers = bearer(member)

    def ids(query: str) -> list[int]:
        answer = client.get(f"/api/v1/notices/{query}", headers=headers).json()
        return [row["id"] for row in answer["results"]]

    assert (ids(""), ids("?unread=true"), ids("?unread=false")) == (
        [new.pk, old.pk],
        [new.pk],
        [old.pk],
    )


def test_the_api_speaks_the_language_that_is_asked_for(client, member):
    notice(member, sentence=Sentence("Notices"))

    asked = {**bearer(member), "accept-language": "zh-hans"}
    (row,) = client.get("/api/v1/notices/", headers=asked).json()["results"]

    assert row["sentence"] == "通知"
    assert sorted(row) == ["created_at", "id", "read_at", "sentence", "topic", "url"]


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_of_the_api_costs_the_same_whatever_was_told(
    member_client, member, size, django_assert_num_queries
):
    for _ in range(size):
        notice(member)

    with django_assert_num_queries(4):
        answer = member_client.get("/api/v1/notices/")

    assert len(answer.json()["results"]) == size


def test_the_api_marks_one_or_all_as_read(client, member, maintainer):
    first, _second, _third = (notice(member) for _ in range(3))
    foreign = notice(maintainer)
    headers = bearer(member, "read", "write")

    one = client.post(f"/api/v1/notices/{first.pk}/read/", headers=headers)
    other = client.post(f"/api/v1/notices/{foreign.pk}/read/", headers=headers)
    rest = client.post("/api/v1/notices/read/", headers=headers)

    assert (one.status_code, other.status_code) == (204, 404)
    assert (rest.json(), Notice.objects.unread().get()) == ({"marked": 2}, foreign)


def test_the_api_tells_and_takes_what_comes_by_mail(client, member):
    headers, address = bearer(member, "read", "write"), "/api/v1/notices/preferences/"

    def choose(*groups: str):
        kind = "application/json"
        return client.post(address, {"groups": groups}, content_type=kind, headers=headers)

    before = client.get(address, headers=headers).json()
    after = choose().json()
    unknown = choose("elections", "former")

    assert [(row["group"], row["is_mailed"]) for row in before] == [("elections", True)]
    assert [(row["group"], row["is_mailed"]) for row in after] == [("elections", False)]
    assert (unknown.status_code, Preference.objects.groups_mailed_to(member.pk)) == (400, [])


def test_a_token_that_only_reads_marks_nothing(client, member):
    one = notice(member)

    answer = client.post(f"/api/v1/notices/{one.pk}/read/", headers=bearer(member, "read"))

    assert (answer.status_code, Notice.objects.unread().count()) == (403, 1)
