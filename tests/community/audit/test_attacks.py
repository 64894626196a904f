"""Whatever is done to the rows behind the site's back is found."""

import random
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from community.audit import verify as verification
from community.audit.actions import record
from community.audit.models import Event
from community.audit.verify import current_head, verify
from tests import factories
from tests.community.audit.attacks import AT_THE_END, INSIDE, rows
from tests.conftest import NOON

LENGTH = 24


@pytest.fixture
def chain(db):
    """Two dozen events, no two alike."""
    people = [factories.person() for _ in range(3)]
    for number in range(LENGTH):
        record(
            verb=f"test.verb_{number % 5}",
            subject=people[number % 3],
            actor=people[(number + 1) % 3] if number % 4 else None,
            at=NOON + timedelta(seconds=number),
            number=number,
            share=number / 7,
        )
    return current_head()


def attacked(attack, seed: int, known) -> bool:
    """Whether this attack is found; its traces are taken away afterwards."""
    with transaction.atomic():
        attack(random.Random(seed))
        found = not verify(known).is_sound
        transaction.set_rollback(True)
    return found


def test_an_untouched_chain_is_sound(chain):
    assert verify(chain) == verification.Verdict(chain)


def test_an_empty_chain_is_sound(db):
    assert (verify().is_sound, current_head().number) == (True, 0)


@pytest.mark.parametrize("attack", INSIDE, ids=lambda attack: attack.__name__)
def test_random_attacks_inside_are_found_without_a_head(chain, attack):
    missed = [seed for seed in range(24) if not attacked(attack, seed, None)]

    assert missed == []
    assert verify(chain).is_sound


@pytest.mark.parametrize("attack", AT_THE_END, ids=lambda attack: attack.__name__)
def test_random_attacks_at_the_end_are_found_by_an_exported_head(chain, attack):
    missed = [seed for seed in range(24) if not attacked(attack, seed, chain)]

    assert missed == []


@pytest.mark.parametrize("attack", AT_THE_END, ids=lambda attack: attack.__name__)
def test_without_an_exported_head_the_end_can_be_rewritten(chain, attack):
    found = [seed for seed in range(5) if attacked(attack, seed, None)]

    assert found == []


def test_without_comparing_seals_edits_would_be_missed(chain, monkeypatch):
    monkeypatch.setattr(Event, "seal", property(lambda event: event.hash))
    edit = INSIDE[0]

    missed = [seed for seed in range(24) if not attacked(edit, seed, chain)]

    assert len(missed) > 10


def test_the_first_bad_row_is_named(chain):
    rows().filter(number__in=[7, 11]).update(verb="forged")

    verdict = verify(chain)

    assert (verdict.number, verdict.head.number) == (7, 6)
    assert verdict.fault == "Its content is not what was sealed."


def test_a_missing_row_is_named(chain):
    rows().filter(number=7).delete()

    verdict = verify()

    assert (verdict.number, verdict.fault) == (8, "Row 7 should come here.")


def test_the_command_says_that_all_is_well(chain, capsys):
    call_command("audit", "verify")

    assert capsys.readouterr().out == f"24 events, unbroken. Head: {chain.hash}\n"


def test_the_command_fails_with_the_first_bad_row(chain):
    rows().filter(number=7).update(verb="forged")

    with pytest.raises(CommandError, match="Row 7: Its content") as failure:
        call_command("audit", "verify")

    assert failure.value.returncode == 1


def test_a_truncated_tail_is_found_by_the_exported_file(chain, tmp_path):
    file = tmp_path / "head.json"
    call_command("audit", "export-head", str(file))
    rows().filter(number__gt=20).delete()

    with pytest.raises(CommandError, match="Row 21: It is missing"):
        call_command("audit", "verify", head=file)


def test_a_head_exported_earlier_still_fits_later(chain, tmp_path, capsys):
    file = tmp_path / "head.json"
    call_command("audit", "export-head", str(file))
    record(verb="test.later", subject="test", at=NOON)

    call_command("audit", "verify", head=file)

    assert capsys.readouterr().out.startswith("25 events, unbroken.")


def test_a_file_that_is_no_head_is_refused(chain, tmp_path):
    file = tmp_path / "head.json"
    file.write_text("{}")

    with pytest.raises(CommandError, match="not an exported head") as failure:
        call_command("audit", "verify", head=file)

    assert failure.value.returncode == 2
