"""Candidates in the API."""

import pytest

from governance.ballots.models import Candidacy
from governance.ballots.nominating import endorse, nominate
from tests.factories.ballots import ANNOUNCED, people
from tests.factories.tokens import bearer
from tests.governance.ballots.candidates.conftest import employ, scene, stand

pytestmark = pytest.mark.django_db


def address(election, *more) -> str:
    return "/".join(["/api/v1/elections", election.slug, "candidates", *more, ""])


def send(client, person, path, body=None):
    return client.post(path, body or {}, "application/json", headers=bearer(person, "write"))


def test_candidates_are_listed_by_handle(client):
    place = scene(endorsers=1)
    employ(place.voters[1], "acme")
    for one in (place.voters[1], place.voters[0]):
        stand(place.election, one, "Hello")

    rows = client.get(address(place.election)).json()

    assert [one["handle"] for one in rows] == [one.handle for one in place.voters[:2]]
    assert rows[1] | {"url": ""} == {
        "handle": place.voters[1].handle,
        "name": "",
        "url": "",
        "status": "unsupported",
        "is_standing": True,
        "employer": "Acme",
        "statement": "Hello",
        "support": {
            "voters": 0,
            "voters_needed": 1,
            "employers": 0,
            "employers_needed": 0,
            "is_enough": False,
        },
        "nominated_by": place.voters[1].handle,
        "nominated_at": "2026-11-01T09:00:00Z",
        "answered_at": "2026-11-01T09:00:00Z",
        "withdrawn_at": None,
    }


def test_a_candidacy_goes_its_way_by_the_api(client):
    place = scene()
    voter, other = place.voters[:2]
    one = address(place.election, voter.handle)
    made = send(client, other, address(place.election), {"handle": voter.handle})
    steps = [
        (voter, "accept/", None),
        (voter, "statement/", {"statement": "Hello"}),
        (other, "endorse/", None),
        (other, "take-back/", None),
        (voter, "withdraw/", None),
    ]

    answers = [send(client, person, one + verb, body) for person, verb, body in steps]

    assert (made.status_code, made.json()["status"]) == (201, "nominated")
    assert [answer.status_code for answer in answers] == [200] * 5
    assert [len(answer.json()["endorsers"]) for answer in answers] == [0, 0, 1, 0, 0]
    assert [answer.json()["status"] for answer in answers] == [*["standing"] * 4, "withdrawn"]
    assert answers[1].json()["statement"] == "Hello"


def test_a_nomination_is_declined(client):
    place = scene()
    nominate(election=place.election, person=place.voters[0], by=place.voters[1], at=ANNOUNCED)

    answer = send(
        client, place.voters[0], address(place.election, place.voters[0].handle, "decline")
    )

    assert answer.json()["status"] == "declined"
    assert client.get(address(place.election)).json() == []


def test_a_refusal_is_a_problem_with_its_code(client):
    place = scene()
    (outsider,) = people(1, "outsider")
    stand(place.election, place.voters[0])

    answer = send(client, outsider, address(place.election, place.voters[0].handle, "endorse"))

    assert (answer.status_code, answer.json()["code"]) == (409, "not_on_roll")


def test_nobody_unknown_is_nominated_and_nothing_hidden_is_found(client):
    place = scene(is_of_people=True)
    motion = scene(is_of_people=False).election
    voter = place.voters[0]

    found = [
        send(client, voter, address(place.election), {"handle": "nobody-at-all"}).status_code,
        send(client, voter, address(place.election), {}).status_code,
        client.get(address(motion)).status_code,
        client.get(address(place.election, voter.handle)).status_code,
        client.post(address(place.election), {}, "application/json").status_code,
    ]

    assert found == [404, 400, 404, 404, 401]
    assert Candidacy.objects.count() == 0


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_costs_as_many_queries_for_many(size, client, django_assert_num_queries):
    place = scene(endorsers=1)
    for one in place.voters[:size]:
        endorse(candidacy=stand(place.election, one), by=place.voters[4], at=ANNOUNCED)

    with django_assert_num_queries(5):
        assert len(client.get(address(place.election)).json()) == size
