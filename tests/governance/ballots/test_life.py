"""An election from its announcement to its folder."""

import json
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import DatabaseError, transaction

from community.audit.models import Event
from community.lib.refusals import Refused
from governance.ballots import sealing
from governance.ballots.actions import (
    cancel_election,
    change_election,
    close_election,
    count_election,
    decide_tie,
    freeze_election,
    name_lot,
    publish_election,
)
from governance.ballots.casting import cast_ballot
from governance.ballots.folder.building import bytes_of_receipt, tracker_of
from governance.ballots.models import Document, Election, Envelope, OpenVote, Option, Paper
from governance.ballots.tally.profile import usual
from governance.rolls.amending import confirm_amendment, propose_amendment
from tests.factories.ballots import (
    ANNOUNCED,
    CLOSES,
    NAMES,
    OPENS,
    announced,
    draft_of,
    drafted,
    people,
    rules_of,
    sealed_roll,
)

pytestmark = pytest.mark.django_db
DURING = OPENS + timedelta(hours=1)
CHOICES = [{"ada": 1, "grace": 2}, {"grace": 1}, {"ada": 1}, {"linus": 1, "ada": 2}, {}, {"ada": 3}]


def cast_all(election, voters, choices, clock):
    clock.set(DURING)
    return [
        cast_ballot(election=election, person=voter, choice=choice, at=DURING)
        for voter, choice in zip(voters, choices, strict=True)
    ]


def finish(election, clock):
    clock.set(CLOSES)
    close_election(election=election, at=CLOSES)
    count_election(election=election, at=CLOSES)
    return publish_election(election=election, at=CLOSES)


def test_a_whole_election_ends_with_a_folder_that_holds_every_ballot(clock):
    voters = people(6)
    election = announced(voters)

    receipts = cast_all(election, voters, CHOICES, clock)
    election = finish(election, clock)

    files = {one.name: bytes(one.content) for one in Document.objects.filter(election=election)}
    lines = [json.loads(line) for line in files["ballots.jsonl"].splitlines()]
    found = {line["tracker"]: line["choice"] for line in lines}
    mine = [tracker_of(str(election.uid), bytes_of_receipt(one.code)) for one in receipts]
    assert election.state == Election.State.PUBLISHED
    assert election.result["outcome"]["winners"] == ["ada"]
    assert [found[tracker] for tracker in mine] == [*CHOICES[:5], {"ada": 1}]
    assert sha256(files["manifest.json"]).hexdigest() == election.manifest_sha256
    assert [
        event.verb for event in Event.objects.filter(verb__startswith="ballots.").in_order()
    ] == [
        "ballots.drafted",
        "ballots.announced",
        *["ballots.cast"] * 6,
        "ballots.closed",
        "ballots.counted",
        "ballots.published",
    ]


@pytest.mark.parametrize(
    ("rules", "mode", "publication"),
    [
        (rules_of(usual("schulze", seats=2)), "secret", "full"),
        (rules_of(usual("schulze")), "secret", "pairs"),
        (rules_of(usual("stv-scottish", seats=2)), "secret", "full"),
        (rules_of(usual("plurality")), "secret", "totals"),
        ({"motion": {"share": "1/2"}}, "secret", "full"),
        ({"apache": {"least": 3}}, "open", "full"),
    ],
)
def test_anybody_checks_the_folder_with_python_alone(rules, mode, publication, clock, tmp_path):
    voters = people(7)
    names = () if "profile" not in rules else NAMES
    choices = [{"ada": 1}] * 4 + [{"grace": 1}] * 2 + [{}]
    if not names:
        yes, no = ("yes", "no") if "motion" in rules else ("plus", "minus")
        choices = [{yes: 1}] * 4 + [{no: 1}] * 2 + [{}]
    election = announced(voters, names, rules=rules, mode=mode, publication=publication)
    cast_all(election, voters, choices, clock)
    election = finish(election, clock)

    code, said = checked(election, tmp_path)

    assert (code, [line for line in said if "NOT" in line]) == (0, [])


def checked(election, place):
    """What the published verifier answers, run beside the published files."""
    for one in Document.objects.filter(election=election):
        (place / one.name).write_bytes(bytes(one.content))
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "--manifest", election.manifest_sha256],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.splitlines()


@pytest.mark.parametrize(
    ("rules", "choices"),
    [
        (rules_of(usual("schulze")), [{"ada": 1}] * 3 + [{}]),
        (rules_of(usual("schulze")), [{"ada": 1}] * 6),
        (rules_of(usual("stv-scottish", seats=2)), [{"ada": 1}] * 6),
        ({"motion": {"share": "1/2"}}, [{"yes": 1}] * 4),
        ({"motion": {"share": "1/2"}}, [{}] * 6),
        ({"apache": {"least": 3}}, [{"plus": 1}] * 3 + [{"minus": 1}]),
        ({"apache": {"least": 3}}, [{}] * 6),
    ],
)
@pytest.mark.parametrize("publication", ["full", "pairs", "totals"])
def test_a_folder_that_holds_less_than_was_announced_is_checked_too(
    publication, rules, choices, clock, tmp_path
):
    voters = people(len(choices))
    names = NAMES if "profile" in rules else ()
    election = announced(voters, names, rules=rules, publication=publication)
    cast_all(election, voters, choices, clock)
    election = finish(election, clock)

    code, said = checked(election, tmp_path)

    assert (code, [line for line in said if "NOT" in line]) == (0, [])
    assert "-- The ballots are not published." in said


def test_advice_is_said_to_be_what_nobody_can_recount(clock, tmp_path):
    voters, strangers = people(3), people(5)[3:]
    election = announced(voters, (), rules={"apache": {"least": 3}}, mode="open")
    cast_all(election, [*voters, *strangers], [{"plus": 1}] * 3 + [{"minus": 1}] * 2, clock)
    election = finish(election, clock)

    code, said = checked(election, tmp_path)

    assert election.result["outcome"]["advisory"] == [0, 0, 2]
    assert (code, said[-2:]) == (
        0,
        [
            "-- Advice decides nothing. Who gave it is not published, so nobody can recount it.",
            "ok  All of this holds.",
        ],
    )


def test_a_second_ballot_replaces_the_first(clock):
    voters = people(1)
    election = announced(voters)
    first, second = cast_all(election, voters * 2, [{"ada": 1}, {"grace": 1}], clock)

    election = finish(election, clock)

    assert (first.version, second.version) == (1, 2)
    assert Paper.objects.count() == 1
    assert election.result["outcome"]["winners"] == ["grace"]


def test_envelopes_are_of_one_length_and_hold_nothing_readable(clock):
    voters = people(3)
    election = announced(voters)

    cast_all(election, voters, [{}, {"ada": 1}, dict.fromkeys(NAMES, 4)], clock)

    contents = [bytes(one) for one in Envelope.objects.contents_of(election)]
    assert len({len(one) for one in contents}) == 1
    assert not any(b"ada" in one or b"choice" in one for one in contents)


def test_an_opened_box_is_empty_and_has_no_key(clock, django_capture_on_commit_callbacks):
    voters = people(2)
    election = announced(voters)
    cast_all(election, voters, [{"ada": 1}, {"grace": 1}], clock)
    clock.set(CLOSES)
    close_election(election=election, at=CLOSES)

    count_election(election=election, at=CLOSES)
    sealing.destroy_box(election.uid)

    assert list(Envelope.objects.contents_of(election)) == [None, None]
    assert not sealing.is_there(election.uid)


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (OPENS - timedelta(microseconds=1), "not_open_yet"),
        (OPENS, None),
        (CLOSES - timedelta(microseconds=1), None),
        (CLOSES, "closed"),
        (CLOSES + timedelta(microseconds=1), "closed"),
    ],
)
def test_the_end_is_half_open_by_the_database_clock(moment, code, clock):
    (voter,) = people(1)
    election = announced([voter])
    clock.set(moment)

    try:
        cast_ballot(election=election, person=voter, choice={"ada": 1}, at=DURING)
        said = None
    except Refused as refusal:
        said = refusal.code

    assert (said, Envelope.objects.count()) == (code, int(code is None))


def test_the_statement_itself_refuses_what_a_stale_page_lets_pass(clock, monkeypatch):
    (voter,) = people(1)
    election = announced([voter])
    clock.set(CLOSES)
    monkeypatch.setattr("governance.ballots.casting.why_not_vote", lambda *_, **__: None)

    with pytest.raises(Refused):
        cast_ballot(election=election, person=voter, choice={"ada": 1}, at=DURING)

    assert Envelope.objects.count() == 0


def test_who_is_not_on_the_roll_casts_nothing(clock, member):
    election = announced(people(1))
    clock.set(DURING)

    with pytest.raises(Refused, match="not on the electoral roll"):
        cast_ballot(election=election, person=member, choice={"ada": 1}, at=DURING)


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        ({"nobody": 1}, "unknown_option"),
        ({"ada": 0}, "out_of_range"),
        ({"ada": 5}, "out_of_range"),
        ({"ada": "1"}, "not_a_number"),
        ({"ada": True}, "not_a_number"),
    ],
)
def test_a_wrong_choice_is_refused(choice, code, clock):
    (voter,) = people(1)
    election = announced([voter])
    clock.set(DURING)

    with pytest.raises(Refused) as refusal:
        cast_ballot(election=election, person=voter, choice=choice, at=DURING)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"closes_at": CLOSES + timedelta(days=1)},
        {"rules": {}},
        {"state": "draft"},
    ],
)
def test_the_database_refuses_to_change_what_was_announced(change, clock):
    election = announced(people(1))

    with pytest.raises(DatabaseError, match="announced stays"), transaction.atomic():
        Election.objects.filter(pk=election.pk).update(**change)


def test_the_database_refuses_other_options_and_late_envelopes(clock):
    voters = people(2)
    election = announced(voters)
    cast_all(election, voters[:1], [{"ada": 1}], clock)
    clock.set(CLOSES)
    close_election(election=election, at=CLOSES)
    envelope = Envelope.objects.get()

    for write in (
        lambda: Option.objects.create(election=election, key="late", title="Late"),
        lambda: Option.objects.filter(election=election).update(title="Other"),
        lambda: Envelope.objects.filter(pk=envelope.pk).update(content=b"other"),
        lambda: Envelope.objects.filter(pk=envelope.pk).update(content=None, sha256="0"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


def test_an_announced_election_is_not_written_anew(clock):
    election = announced(people(1))

    with pytest.raises(Refused) as refusal:
        change_election(
            election=election, draft=draft_of(election.roll), by=election.created_by, at=DURING
        )

    assert refusal.value.code == "announced"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"names": ["ada"]}, "too_few_options"),
        ({"opens_at": ANNOUNCED - timedelta(days=1)}, "opens_in_the_past"),
        ({"rules": rules_of(usual("schulze", ties=("lot",)))}, "no_lot_source"),
        ({"rules": rules_of(usual("condorcet-default", default="nobody"))}, "no_default"),
    ],
)
def test_what_could_not_be_counted_is_not_announced(more, code, clock):
    election = drafted(sealed_roll(people(1)), more.pop("names", NAMES), **more)

    with pytest.raises(Refused) as refusal:
        freeze_election(election=election, by=election.created_by, at=ANNOUNCED)

    assert refusal.value.code == code


def test_closing_and_counting_too_early_are_refused(clock):
    election = announced(people(1), challenge_hours=24)

    with pytest.raises(Refused, match="until its time is up"):
        close_election(election=election, at=CLOSES)
    clock.set(CLOSES)
    election = close_election(election=election, at=CLOSES)
    with pytest.raises(Refused, match="challenges"):
        count_election(election=election, at=CLOSES)
    clock.set(CLOSES + timedelta(hours=24))
    election = count_election(election=election, at=CLOSES)

    assert election.state == Election.State.COUNTED


def test_doing_each_step_twice_is_doing_it_once(clock):
    voters = people(2)
    election = announced(voters)
    cast_all(election, voters, [{"ada": 1}, {"grace": 1}], clock)
    first = finish(election, clock)
    files = {one.name: bytes(one.content) for one in Document.objects.all()}

    again = finish(election, clock)

    assert again.result == first.result
    assert {one.name: bytes(one.content) for one in Document.objects.all()} == files


def test_a_box_that_lost_an_envelope_is_not_counted(clock):
    voters = people(2)
    election = announced(voters)
    cast_all(election, voters, [{"ada": 1}, {"grace": 1}], clock)
    clock.set(CLOSES)
    close_election(election=election, at=CLOSES)
    Envelope.objects.all()[0].delete()

    with pytest.raises(Refused) as refusal:
        count_election(election=election, at=CLOSES)

    assert (refusal.value.code, Paper.objects.count()) == ("envelopes_differ", 0)


def test_the_same_receipt_given_to_two_voters_is_noticed(clock, monkeypatch):
    voters = people(2)
    election = announced(voters)
    monkeypatch.setattr("governance.ballots.casting.secrets.token_bytes", lambda size: b"r" * size)
    cast_all(election, voters, [{"ada": 1}, {"ada": 1}], clock)
    clock.set(CLOSES)
    close_election(election=election, at=CLOSES)

    with pytest.raises(Refused) as refusal:
        count_election(election=election, at=CLOSES)

    assert (refusal.value.code, Paper.objects.count()) == ("receipts_clash", 0)


def test_an_envelope_that_holds_no_ballot_counts_as_invalid(clock):
    voters = people(2)
    election = announced(voters)
    cast_all(election, voters, [{"ada": 1}, {"grace": 1}], clock)
    Envelope.objects.filter(voter__person=voters[1]).update(content=b"nothing")
    election = finish(election, clock)

    result = election.result
    assert (result["cast"], result["valid"], result["invalid"]) == (2, 1, 1)


def test_a_lot_waits_for_its_value_and_breaks_the_tie(clock):
    voters = people(2)
    election = announced(
        voters, rules=rules_of(usual("plurality", ties=("lot",))), lot_source="The first commit"
    )
    cast_all(election, voters, [{"ada": 1}, {"grace": 1}], clock)
    clock.set(CLOSES)
    close_election(election=election, at=CLOSES)
    with pytest.raises(Refused, match="What decides a lot"):
        count_election(election=election, at=CLOSES)

    name_lot(election=election, value=" 0123abc ", by=election.created_by, at=CLOSES)
    election = count_election(election=election, at=CLOSES)

    (tie,) = [one for one in election.result["outcome"]["ties"] if one["where"] == "seats"]
    assert (tie["broken_by"], len(election.result["outcome"]["winners"])) == ("lot", 1)
    assert election.result["lot"]["value"] == "0123abc"
    with pytest.raises(Refused):
        name_lot(election=election, value="other", by=election.created_by, at=CLOSES)


def test_officers_decide_a_tie_with_a_reason(clock):
    voters = people(2)
    election = announced(voters, rules=rules_of(usual("plurality", ties=("officer",))))
    cast_all(election, voters, [{"ada": 1}, {"grace": 1}], clock)
    clock.set(CLOSES)
    close_election(election=election, at=CLOSES)
    election = count_election(election=election, at=CLOSES)
    tied = election.result["outcome"]["tied"]

    election = decide_tie(
        election=election, order=["grace", "ada"], reason="Seniority", by=voters[0], at=CLOSES
    )

    assert tied == ["ada", "grace"]
    assert election.result["outcome"]["winners"] == ["grace"]
    assert election.result["decisions"] == [{"order": ["grace", "ada"], "reason": "Seniority"}]


def test_few_ballots_are_published_as_totals_alone(clock):
    voters = people(4)
    election = announced(voters)
    cast_all(election, voters, CHOICES[:4], clock)

    election = finish(election, clock)

    names = set(Document.objects.values_list("name", flat=True))
    assert "ballots.jsonl" not in names
    assert {"matrix", "first_preferences"} & set(election.result["outcome"]) == set()
    assert (election.result["publication"], election.result["sensitivity"]) == ("totals", [])


def test_unanimous_ballots_are_published_without_numbers(clock):
    voters = people(6)
    election = announced(voters, rules=rules_of(usual("plurality")))
    cast_all(election, voters, [{"ada": 1}] * 6, clock)

    election = finish(election, clock)

    assert election.result["outcome"]["winners"] == ["ada"]
    assert "totals" not in election.result["outcome"]


def test_a_motion_counts_a_blank_ballot_as_an_abstention(clock):
    voters = people(5)
    motion = {"motion": {"share": "2/3"}}
    election = announced(voters, (), rules=motion)
    cast_all(election, voters, [{"yes": 1}, {"yes": 1}, {"no": 1}, {}, {"abstain": 1}], clock)

    outcome = finish(election, clock).result["outcome"]

    numbers = (outcome["yes"], outcome["no"], outcome["abstain"])
    assert (numbers, outcome["passed"], outcome["needed"]) == ((2, 1, 2), False, "2")


def test_open_votes_stand_beside_names_and_advice_decides_nothing(clock, member):
    voters = people(3)
    election = announced(voters, (), rules={"apache": {"least": 3}}, mode="open")
    cast_all(election, [*voters, member], [{"plus": 1}] * 3 + [{"minus": 1}], clock)

    election = finish(election, clock)

    outcome = election.result["outcome"]
    assert (outcome["binding"], outcome["advisory"]) == ([3, 0, 0], [0, 0, 1])
    assert (outcome["passed"], election.result["cast"]) == (True, 3)
    assert OpenVote.objects.get(person=member).voter is None


def test_voters_taken_off_the_roll_are_set_aside(clock):
    voters, officers = people(2), people(2, "officer")
    election = announced(voters, officers=officers)
    cast_all(election, voters, [{"ada": 1}, {"grace": 1}], clock)
    proposal = propose_amendment(
        roll=election.roll,
        person=voters[1],
        kind="remove",
        reason="Two accounts",
        by=officers[0],
        at=DURING,
    )
    confirm_amendment(proposal=proposal, by=officers[1], at=DURING)

    election = finish(election, clock)

    assert (election.result["cast"], election.result["electorate"]) == (1, 1)
    assert Event.objects.get(verb="ballots.closed").facts["set_aside"] == 1


def test_a_canceled_election_takes_no_ballots(clock):
    voters = people(1)
    election = announced(voters)
    cancel_election(election=election, reason="A mistake", by=voters[0], at=DURING)
    clock.set(DURING)

    with pytest.raises(Refused, match="canceled"):
        cast_all(election, voters, [{"ada": 1}], clock)
