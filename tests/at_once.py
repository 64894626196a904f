"""Two processes run the same task at the same time on one database; see `tests.nursery`.

python -m tests.at_once
"""

import json
import multiprocessing
import os
import time
from pathlib import Path
from typing import Any

import django
from django.core import mail
from django.db import connection

from tests.nursery import leave, serve, use

TRIES = 5  # as often as a worker tries
PATIENCE = 200
LITTLE = 0.2  # seconds


def arrange(database: str, name: str, path: str) -> None:
    """Set the task's scene and keep what it is given."""
    from tests.test_tasks_idempotent import noon

    use(database)
    with noon():
        case = cases()[name]()
    Path(path).write_text(json.dumps({"arguments": case.arguments, "diaries": case.diaries}))


class Lockstep:
    """Has two processes go statement by statement, until one has to wait for the other's lock."""

    def __init__(self, patience: float) -> None:
        context = multiprocessing.get_context("fork")
        self.turns = [context.Semaphore(0), context.Semaphore(0)]
        self.patience = patience
        self.is_over = False

    def meet(self, place: int) -> None:
        """Wait until the other one is here too, but not for long."""
        if not self.is_over:
            self.turns[1 - place].release()
            self.is_over = not self.turns[place].acquire(timeout=self.patience)
            self.patience = LITTLE

    def part(self, place: int) -> None:
        """Nobody need wait for this one any more."""
        for _ in range(1_000):
            self.turns[1 - place].release()


def run(database: str, name: str, path: str, times: str) -> None:
    """Run the task so often at once, and keep what it leaves."""
    from tests.test_tasks_idempotent import Case, noon, state

    use(database)
    case = Case(**json.loads(Path(path).read_text()))
    # A task that is to be caught may be slow to begin on a busy machine.
    steps = Lockstep(10 if name.startswith("test.") else LITTLE)
    steps.is_over = times == "1"
    mails = multiprocessing.get_context("fork").Value("i", 0)
    children = [fork(task_run, name, case, steps, mails, place) for place in range(int(times))]
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    with noon():
        found = {"codes": sorted(set(codes)), "mails": mails.value, "state": state(case)}
    Path(path).with_suffix(f".{times}").write_text(json.dumps(found))


def fork(work: Any, *arguments: Any) -> int:
    child = os.fork()
    if not child:
        leave(work, list(arguments))
    return child


def task_run(name: str, case: Any, steps: Lockstep, mails: Any, place: int) -> None:
    """As a worker runs it: again after a failure, and later when it is told to wait."""
    from community.jobs.runner import RetryAt
    from tests.test_tasks_idempotent import noon, run

    failed = 0

    def step(execute, sql, params, many, context):
        found = execute(sql, params, many, context)
        steps.meet(place)
        return found

    with noon():
        connection.ensure_connection()
        for _ in range(PATIENCE):
            try:
                with connection.execute_wrapper(step):
                    run(tasks()[name], case)
                break
            except RetryAt:
                time.sleep(0.05)
            except Exception:
                failed += 1
                if failed == TRIES:
                    raise
                connection.close()
                time.sleep(0.01 * (1 + place))
        steps.part(place)
        with mails.get_lock():
            mails.value += len(getattr(mail, "outbox", []))


# Two tasks that are not fit for this, to show that they are found


def note_once() -> None:
    """Looks, and writes on the strength of what it saw a while ago."""
    from community.jobs.models import Job
    from tests.conftest import NOON

    if not Job.objects.filter(task="test.noted").exists():
        Job.objects.create(task="test.noted", run_at=NOON, created_at=NOON)


def write_once() -> None:
    """The same with a letter."""
    from community.people.models import Person

    if Person.objects.filter(name="Ada", email="").exists():
        mail.send_mail("Welcome", "", "hall@example.org", ["ada@example.org"])
        Person.objects.filter(name="Ada").update(email="ada@example.org")


def cases() -> dict[str, Any]:
    from tests import factories
    from tests.test_tasks_idempotent import TASK_CASES, Case

    def ada() -> Case:
        factories.person(name="Ada", email="")
        return Case()

    return {**TASK_CASES, "test.note_once": Case, "test.write_once": ada}


def tasks() -> dict[str, Any]:
    from community.jobs.registry import Task, registered

    racy = [
        Task("test.note_once", note_once, None, commits_itself=True),
        Task("test.write_once", write_once, None, commits_itself=True),
    ]
    return registered() | {one.name: one for one in racy}


if __name__ == "__main__":
    django.setup()
    cases()  # loads what the children need
    serve({"arrange": arrange, "run": run})
