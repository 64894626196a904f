"""What somebody does not show is found by no way round: not by filter, search, list or feed."""

from datetime import date

import pytest
from django.core.cache import cache

from community.people.actions import change_profile, set_rights
from community.people.erasure import erase_person
from community.people.models import Identity, IdentityLogin, Person
from community.people.search import index_people
from community.people.signin import make_link
from contributors.activity.models import Contribution, WorkItem
from contributors.metrics.actions import rebuild_figures
from contributors.metrics.models import Figure
from tests import factories
from tests.conftest import NOON
from tests.factories import ledger
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def shy(**visibility: str) -> Person:
    return factories.person("ada", claimed_at=NOON, visibility=visibility)


@pytest.mark.parametrize("query", ["person=", "person=%20", "scope=person&person=", "person=x"])
def test_nobodys_own_figures_are_listed_without_a_name(client, query):
    ada = shy(activity="hidden")
    Figure.objects.create(
        scope="person", scope_id=ada.pk, metric="contributions", month=MARCH, n=7, version=1
    )

    assert client.get(f"/api/v1/figures/?{query}").json()["results"] == []


def test_what_leads_to_a_hidden_person_is_empty_in_the_api(client, maintainer):
    told = {"title": "Ada was here", "url": "https://github.com/ada/x/pull/1"}
    identity, repository = factories.identity(shy(activity="hidden")), factories.repository()
    common = {"repository": repository, "source": "github", "external_id": "1", **told}
    Contribution.objects.create(
        identity=identity, kind="review", occurred_at=NOON, recorded_at=NOON, **common
    )
    WorkItem.objects.create(
        author=identity,
        kind="issue",
        number=1,
        state="open",
        opened_at=NOON,
        updated_at=NOON,
        **common,
    )

    def seen(**more) -> list[tuple[str, str]]:
        lists = ("/api/v1/contributions/", "/api/v1/work-items/")
        answers = [client.get(path, **more).json()["results"][0] for path in lists]
        return [(row["title"], row["url"]) for row in answers]

    assert seen() == [("", "")] * 2
    assert seen(headers=bearer(maintainer)) == [tuple(told.values())] * 2


def test_what_waits_for_an_answer_names_nobody_who_hides_it(client, maintainer_client):
    repository = factories.repository(factories.project("atlas"))
    ledger.fill(
        repository,
        ledger.work(1, 1, MARCH),
        ledger.work(2, 2, MARCH),
    )
    rebuild_figures(at=NOON)
    author = Identity.objects.get(uid=ledger.actor(1).uid).person
    Person.objects.filter(pk=author.pk).update(visibility={"activity": "hidden"})

    def numbers(browser) -> list[list[int]]:
        pages = [browser.get(path) for path in ("/", "/projects/atlas/activity/")]
        return [[item.number for item in page.context["waiting"]["items"]] for page in pages]

    assert numbers(client) == [[2], [2]]
    assert numbers(maintainer_client) == [[1, 2], [1, 2]]


def test_a_login_leads_to_nobody_who_hides_their_accounts(client):
    ada = shy()
    identity = factories.identity(ada, login="nightowl")
    IdentityLogin.objects.create(identity=identity, login="nightowl", seen_from=NOON)
    index_people([ada.pk])

    def found() -> tuple[int, int, int, int]:
        lists = [client.get(path, {"q": "nightowl"}) for path in ("/people/", "/search/")]
        api = client.get("/api/v1/people/", {"q": "nightowl"}).json()["count"]
        return (
            client.get("/@nightowl/").status_code,
            len(lists[0].context["page"]),
            len(lists[1].context["groups"]),
            api,
        )

    before = found()
    change_profile(person=ada, at=NOON, visibility={"identities": "members"})

    assert (before, found()) == ((302, 1, 1, 1), (404, 0, 0, 0))


def test_a_right_that_is_given_closes_the_links_made_before_it(client, maintainer, member):
    boss = factories.person("boss", claimed_at=NOON, is_superuser=True)
    link = make_link(person=member, by=maintainer, at=NOON)
    member.access_links.update(expires_at="2099-01-01T00:00Z")

    set_rights(person=member, rights={"is_superuser": True}, by=boss, at=NOON)

    assert client.post(link.removeprefix("http://127.0.0.1:8000")).status_code == 410


def test_the_tokens_of_an_erased_person_are_gone_with_what_they_were_for(member):
    bearer(member, "read")

    erase_person(person=member, typed="mira", by=member, at=NOON)

    assert member.api_tokens.count() == 0


def test_a_picture_whose_file_is_lost_is_drawn(client):
    factories.person("ada", avatar="avatars/lost.webp")

    answer = client.get("/@ada/avatar/")

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")


def test_a_commit_with_control_signs_does_not_break_the_feed(client):
    repository = factories.repository(factories.project("atlas"))
    ledger.fill(repository, ledger.act("one", 1, MARCH, title="Ring \x07 the bell"))
    rebuild_figures(at=NOON)

    answer = client.get("/latest.atom")

    assert answer.status_code == 200
    assert "Ring  the bell" in answer.text


def test_the_back_office_has_no_sign_in_that_asks_for_no_second_factor(client, member):
    member.set_password("correct horse battery")
    member.is_staff = True
    member.save()
    typed = {"username": "mira", "password": "correct horse battery"}

    answer = client.post("/admin/login/?next=/admin/", typed)

    assert (answer.status_code, "_auth_user_id" in client.session) == (302, False)
    assert answer["Location"] == "/accounts/login/?next=%2Fadmin%2F"
