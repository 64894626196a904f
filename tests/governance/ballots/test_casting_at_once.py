"""Ballots over HTTP from several processes: at the same time, and to a site that is being killed.

Each guard is shown to be needed by a site without it. ENDURANCE=1 runs the whole size.
"""

import os
import random
import time
from collections import defaultdict

import pytest

from tests.governance.ballots.site import Rig, Sent, Site, rig_on

pytestmark = [pytest.mark.services, pytest.mark.timeout(1_200)]
ENDURES = bool(os.environ.get("ENDURANCE"))
CASTS, REPEATS = (200, 50) if ENDURES else (40, 1)
VOTERS, KILLS = (1_000, 20) if ENDURES else (60, 4)
PACE = 4 if ENDURES else 1
TRIES = 20  # that a race has to show itself


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def rig(request, tmp_path_factory) -> Rig:
    copies = request.getfixturevalue(f"{request.param}_copies")
    with rig_on(copies, tmp_path_factory.mktemp("site")) as rig:
        yield rig


def rows(site: Site) -> dict[int, list[tuple[int, str]]]:
    """Version and hash of each envelope, by voter."""
    found = defaultdict(list)
    query = """SELECT v.person_id, e.version, e.sha256 FROM ballots_envelope e
        JOIN rolls_voter v ON v.id = e.voter_id"""
    for person, version, digest in site.database.rows(query):
        found[person].append((version, digest))
    return dict(found)


# One voter, many ballots at the same time


def cast_at_once(site: Site, seed: int) -> list[Sent]:
    with site.voting(threads=CASTS // 4, times=CASTS, seed=seed) as sent:
        pass
    return sent


def test_however_many_ballots_of_a_voter_come_at_once_one_envelope_is_kept(rig):
    with rig.site(voters=1) as site:
        sent = [one for repeat in range(REPEATS) for one in cast_at_once(site, repeat)]
        ((found,),) = rows(site).values()

    accepted = [one for one in sent if one.is_accepted]
    assert max(one.status for one in sent) < 500
    assert (len(sent), len(accepted)) == (CASTS * REPEATS, CASTS * REPEATS)
    assert found[0] == len(accepted)
    assert found[1] in {one.envelope for one in accepted}


def test_without_the_key_a_voter_gets_two_envelopes_in(rig):
    for seed in range(TRIES):
        with rig.site("without_key", voters=1) as site:
            cast_at_once(site, seed)
            (found,) = rows(site).values()
        if len(found) > 1:
            return

    pytest.fail(f"{TRIES} races showed nothing.")


# A site that is killed again and again


def vote_while_it_is_killed(site: Site, kills: int) -> list[Sent]:
    """Each voter votes three times while a process that serves them dies now and then."""
    chance = random.Random(5)
    with site.voting(threads=2, times=3) as sent:
        for _ in range(kills):
            time.sleep(chance.uniform(0.1, 0.4) * PACE)
            site.kill_one(chance)
    return sent


def lost(sent: list[Sent], found: dict[int, list[tuple[int, str]]]) -> list[int]:
    """Voters whose last ballot was accepted and does not lie in the box."""
    last = {one.voter: one for one in sent}
    hashes = {voter: [digest for _, digest in rows] for voter, rows in found.items()}
    return [
        voter
        for voter, one in last.items()
        if one.is_accepted and hashes.get(voter) != [one.envelope]
    ]


def answers_by_voter(sent: list[Sent]) -> dict[int, list[Sent]]:
    found = defaultdict(list)
    for one in sent:
        found[one.voter].append(one)
    return found


def test_no_accepted_ballot_is_lost_where_the_site_is_killed(rig):
    with rig.site(voters=VOTERS) as site:
        sent = vote_while_it_is_killed(site, KILLS)
        found = rows(site)
        audit = site.database.rows("SELECT count(*) FROM audit_event WHERE verb = 'ballots.cast'")

    answers = answers_by_voter(sent)
    assert {one.status for one in sent} == {0, 200, 201}
    assert lost(sent, found) == []
    assert {len(one) for one in found.values()} == {1}
    for voter, ((version, _),) in found.items():
        accepted = sum(one.is_accepted for one in answers[voter])
        assert accepted <= version <= len(answers[voter])
    accepted_by = {one.voter for one in sent if one.is_accepted}
    assert accepted_by <= set(found)
    assert audit == [(sum(version for ((version, _),) in found.values()),)]


def test_a_site_that_answers_before_it_commits_loses_ballots(rig):
    with rig.site("without_waiting", voters=60) as site:
        sent = vote_while_it_is_killed(site, 4)
        time.sleep(3)  # what is on its way arrives
        found = rows(site)

    assert lost(sent, found) != []
