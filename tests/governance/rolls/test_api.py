"""Rolls for programs."""

import pytest
from django.core.cache import cache

from governance.rolls.leaves import roll_hash
from governance.rolls.models import Request
from governance.rolls.querysets import voter_of
from tests import factories
from tests.factories import rolls
from tests.factories.tokens import bearer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
API = "/api/v1/rolls/"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def test_rolls_are_listed_and_told_in_full(client):
    roll = rolls.sealed([factories.person()])
    rolls.roll([factories.person()], slug="draft")

    listed = client.get(API).json()["results"]
    full = client.get(f"{API}spring/").json()

    assert {row["slug"]: row["size"] for row in listed} == {"spring": 1, "draft": None}
    assert (full["sha256"], full["completeness"], full["requests"]) == (roll.sha256, 1.0, {})
    assert full["criteria"] == {
        "slug": "voters",
        "version": 1,
        "sha256": roll.criteria.sha256,
    }


@pytest.mark.parametrize("size", [1, 3])
def test_a_list_costs_the_same_however_many_rolls(client, size, django_assert_num_queries):
    for number in range(size):
        rolls.published([factories.person()], slug=f"roll-{number}")

    with django_assert_num_queries(2):
        assert len(client.get(API).json()["results"]) == size


def test_the_salted_list_has_the_hash_of_the_roll(client):
    roll = rolls.sealed([factories.person(), factories.person()])
    rolls.roll(slug="draft")

    answer = client.get(f"{API}spring/list/")

    assert roll_hash(answer.text.splitlines()) == roll.sha256
    assert client.get(f"{API}draft/list/").status_code == 404


def test_a_caller_is_told_how_they_stand(client, member):
    roll = rolls.published([member])

    told = client.get(f"{API}spring/me/", headers=bearer(member)).json()

    row = voter_of(roll, member)
    assert told["row"] == {
        "uid": row.uid,
        "salt": row.salt,
        "leaf": row.leaf,
        "origin": "criteria",
    }
    assert (told["stands"], told["meets"]) == (True, True)
    assert [clause["path"] for clause in told["clauses"]] == ["is_not"]


def test_somebody_asks_and_officers_decide(client, member):
    roll = rolls.published([factories.person("voter")])
    officers = rolls.officers_for(roll, 2)
    writer = bearer(member, "read", "write")

    def post(path, body, headers=writer):
        kind = "application/json"
        return client.post(f"{API}spring/{path}", body, content_type=kind, headers=headers)

    made = post("requests/", {"kind": "include", "person": "voter", "reason": "Translated it."})
    again = post("requests/", {"kind": "include", "reason": "Once more."})
    wrong = post("requests/", {"kind": "exclude", "person": "nobody", "reason": "Left."})
    path = f"requests/{made.json()['id']}/decide/"
    said = {"verdict": "accept", "reason": "It can be seen."}
    answers = [
        post(path, said, headers=bearer(one, "read", "write")) for one in (member, *officers)
    ]

    assert (made.status_code, made.json()["person"]) == (201, "mira")
    assert (again.status_code, again.json()["code"]) == (409, "asked_already")
    assert wrong.status_code == 400
    assert [answer.status_code for answer in answers] == [403, 200, 200]
    assert answers[2].json()["state"] == "accepted"
    assert voter_of(roll, member)


def test_requests_are_told_to_those_concerned_and_all_of_them_to_officers(client, member):
    roll = rolls.published([member])
    rolls.request(roll, person=member, kind="exclude", by=factories.person("asker"))
    rolls.request(roll)
    officer = rolls.officers_for(roll, 1)[0]

    def told(person):
        answer = client.get(f"{API}spring/requests/", headers=bearer(person)).json()
        return [row["by"] for row in answer["results"]]

    assert told(member) == [None]
    assert told(officer) == [asked.by.handle for asked in Request.objects.all()]
    assert told(factories.person()) == []
