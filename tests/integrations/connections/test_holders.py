"""A run whose process is gone holds nobody up."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from community.lib.refusals import Refused
from integrations.connections import actions
from integrations.connections.holders import is_gone, this_process
from integrations.connections.models import SyncRun
from integrations.connections.sync import sync_source
from tests.factories.connections import run, scripted, source

ROOT = Path(__file__).resolve().parents[3]
TELL = (
    "from integrations.connections.holders import this_process; print(this_process(), flush=True)"
)

pytestmark = pytest.mark.skipif(not this_process(), reason="this system has no /proc")


@pytest.fixture
def other():
    """Another process on this machine that says who it is and stays."""
    call = [sys.executable, "-c", f"{TELL}; input()"]
    with subprocess.Popen(
        call, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        process.mark = process.stdout.readline().strip()
        yield process
        process.kill()


def test_a_process_is_gone_once_it_was_killed_and_not_before(other):
    before = is_gone(other.mark)
    other.kill()
    other.wait()

    assert (before, is_gone(other.mark), is_gone(this_process())) == (False, True, False)


def test_a_number_that_passed_to_another_process_deceives_nobody():
    place, number, start = this_process().split()

    assert is_gone(f"{place} {number} {int(start) - 1}")


@pytest.mark.parametrize("mark", ["", "elsewhere/boot/pid:[1] 1 1", "nonsense"])
def test_what_lives_elsewhere_is_never_called_gone(mark):
    assert not is_gone(mark)


@pytest.mark.django_db
def test_the_run_of_a_killed_process_is_taken_over_at_once(other, time_machine):
    of = source()
    dead = run(of, holder=other.mark)
    time_machine.move_to(dead.started_at + timedelta(seconds=5), tick=False)
    with scripted(), pytest.raises(Refused):
        sync_source(source=of)
    other.kill()
    other.wait()

    with scripted():
        made = sync_source(source=of)

    dead.refresh_from_db()
    assert (made.state, dead.state) == (SyncRun.State.DONE, SyncRun.State.FAILED)


@pytest.mark.django_db
def test_a_run_notes_its_process():
    begun = actions.start_run(source=(of := source()), full=False, at=of.created_at)

    assert begun.holder == this_process()
