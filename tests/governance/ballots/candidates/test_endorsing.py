"""Endorsements: whose count, and what is lacking."""

import pytest

from community.people.merging import merge_people
from governance.ballots.actions import freeze_election
from governance.ballots.endorsing import Support, is_supported, supports_of
from governance.ballots.models import Endorsement
from governance.ballots.nominating import (
    decline_nomination,
    endorse,
    nominate,
    take_back_endorsement,
)
from tests.factories.ballots import ANNOUNCED, people, take_off
from tests.governance.ballots.candidates.conftest import employ, scene, stand
from tests.governance.ballots.candidates.test_nominating import code_of

pytestmark = pytest.mark.django_db


def endorsed(candidacy, *voters):
    for one in voters:
        endorse(candidacy=candidacy, by=one, at=ANNOUNCED)


def support_of(candidacy, election) -> tuple[int, int]:
    found = supports_of([candidacy], election)[candidacy.pk]
    return found.voters, found.employers


def test_an_endorsement_keeps_the_employer_of_the_day():
    place = scene()
    made = stand(place.election, place.voters[0])
    employ(place.voters[1], "acme")

    row = endorse(candidacy=made, by=place.voters[1], at=ANNOUNCED)

    assert (row.employer.slug, row.endorsed_at) == ("acme", ANNOUNCED)


def test_it_takes_so_many_voters_from_so_many_employers():
    place = scene(endorsers=3, endorsing_employers=2)
    made = stand(place.election, place.voters[0])
    for one, employer in zip(place.voters[1:], ["acme", "acme", "birch", ""], strict=True):
        if employer:
            employ(one, employer)
    enough = []

    for one in (1, 2, 4, 3):
        endorse(candidacy=made, by=place.voters[one], at=ANNOUNCED)
        enough.append(is_supported(made, place.election))

    assert enough == [False, False, False, True]
    assert support_of(made, place.election) == (4, 2)


def test_who_may_not_endorse():
    place = scene()
    made = stand(place.election, place.voters[0])
    declined = nominate(
        election=place.election, person=place.voters[1], by=place.voters[2], at=ANNOUNCED
    )
    decline_nomination(candidacy=declined, by=place.voters[1], at=ANNOUNCED)
    endorse(candidacy=made, by=place.voters[2], at=ANNOUNCED)

    found = [
        code_of(endorse, candidacy=candidacy, by=by, at=ANNOUNCED)
        for candidacy, by in (
            (made, place.voters[0]),
            (made, place.officer),
            (made, place.voters[2]),
            (declined, place.voters[2]),
        )
    ]

    assert found == ["own_candidacy", "not_on_roll", "endorsed_already", "does_not_stand"]


def test_an_endorsement_is_taken_back_until_the_freeze():
    place = scene()
    made = stand(place.election, place.voters[0])
    stand(place.election, place.voters[1])
    endorsed(made, place.voters[1], place.voters[2])
    take_back_endorsement(candidacy=made, by=place.voters[1], at=ANNOUNCED)
    freeze_election(election=place.election, by=place.officer, at=ANNOUNCED)

    late = [
        code_of(take_back_endorsement, candidacy=made, by=place.voters[2], at=ANNOUNCED),
        code_of(endorse, candidacy=made, by=place.voters[3], at=ANNOUNCED),
    ]

    assert late == ["announced", "announced"]
    assert [one.person for one in Endorsement.objects.all()] == [place.voters[2]]


def test_who_does_not_endorse_takes_nothing_back():
    place = scene()
    made = stand(place.election, place.voters[0])

    assert code_of(take_back_endorsement, candidacy=made, by=place.voters[1], at=ANNOUNCED) == (
        "not_endorsed"
    )


def test_who_left_the_roll_counts_no_more():
    place = scene()
    made = stand(place.election, place.voters[0])
    endorsed(made, *place.voters[1:3])

    take_off(place.voters[1])

    assert support_of(made, place.election) == (1, 0)


def test_two_records_of_one_human_count_once(maintainer):
    place = scene()
    made = stand(place.election, place.voters[0])
    endorsed(made, *place.voters[1:3])
    (account,) = people(1, "account")
    before = support_of(made, place.election)

    for one in place.voters[1:3]:
        merge_people(
            kept=account, absorbed=one, by=maintainer, at=ANNOUNCED, confirmation=one.handle
        )

    assert (before, support_of(made, place.election)) == ((2, 0), (1, 0))


def test_only_the_endorsed_are_on_the_ballot():
    place = scene(voters=6, endorsers=1)
    rows = [stand(place.election, one) for one in place.voters[:3]]
    for one in rows[:2]:
        endorse(candidacy=one, by=place.voters[5], at=ANNOUNCED)

    election = freeze_election(election=place.election, by=place.officer, at=ANNOUNCED)

    on_ballot = set(election.options.values_list("person", flat=True))
    assert on_ballot == {one.pk for one in place.voters[:2]}


@pytest.mark.parametrize("size", [1, 3])
def test_support_costs_one_query_for_many(size, django_assert_num_queries):
    place = scene(endorsers=1)
    rows = [stand(place.election, one) for one in place.voters[:size]]
    for one in rows:
        endorse(candidacy=one, by=place.voters[4], at=ANNOUNCED)

    with django_assert_num_queries(1):
        found = supports_of(rows, place.election)

    assert [one.voters for one in found.values()] == [1] * size


@pytest.mark.parametrize(
    ("support", "said", "lacking"),
    [
        (Support(2, 1, 3, 2), "2 of 3 voters, 1 of 2 employers", "1 voter, 1 employer"),
        (Support(3, 1, 3, 2), "3 of 3 voters, 1 of 2 employers", "1 employer"),
        (Support(0, 0, 3, 0), "0 of 3 voters", "3 voters"),
        (Support(4, 2, 3, 2), "4 of 3 voters, 2 of 2 employers", ""),
        (Support(4, 2, 0, 2), "4 voters", ""),
    ],
)
def test_support_says_what_is_lacking(support, said, lacking):
    assert support.said == said
    assert support.lacking == (f"Still lacking: {lacking}." if lacking else "")
    assert support.is_enough is not bool(lacking)
