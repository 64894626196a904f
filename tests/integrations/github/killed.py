"""Workers that read repositories and may be killed; see `tests.nursery`.

python -m tests.integrations.github.killed [GUARD-TO-TURN-OFF]
"""

import hashlib
import json
import os
import sys
import time
from pathlib import Path

import django
from django.utils import timezone

from tests.nursery import serve

AWAY = ("people.fetch_avatar", "people.fetch_avatars")  # would ask other hosts


def connect(*names: str) -> None:
    """A source for each repository, all of them due."""
    from integrations.connections.actions import connect
    from integrations.connections.tasks import sync_due

    for name in names:
        connect(connector="github", location=name, project="guild", at=timezone.now())
    sync_due()


def work() -> None:
    """What a worker does, until every repository is read and nothing else is due."""
    from community.jobs.models import Job
    from community.jobs.worker import Worker
    from integrations.connections.models import Source
    from integrations.connections.tasks import sync_due

    worker = Worker(f"killed-{os.getpid()}")
    pending = Job.objects.filter(state__in=["waiting", "running"])
    reading = pending.filter(task="connections.sync")
    unread = Source.objects.filter(synced_at=None)
    while unread.exists() or reading.exists() or pending.filter(run_at__lte=timezone.now()):
        if not worker._step_or_recover():
            if not reading.exists():  # after five kills its job is parked: an hour passes
                unread.update(due_at=timezone.now())
                sync_due()
            time.sleep(0.02)


def dump(path: str) -> None:
    """How many rows each table has, and a digest of their content."""
    from integrations.connections.models import SyncRun
    from tests.integrations.github.dump import dump_by_repository

    found = {
        name: [len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()]
        for name, rows in dump_by_repository().items()
    }
    assert SyncRun.objects.filter(state=SyncRun.State.DONE).exists()
    Path(path).write_text(json.dumps(found))


def cursor_before_page() -> None:
    """The cursor is stored by itself, and its page a little later."""
    from integrations.connections import sync
    from integrations.connections.models import Source

    store = sync.store_page

    def apart(*, run, page, connector, at):
        Source.objects.filter(pk=run.source_id).update(cursor=dict(page.cursor))
        time.sleep(0.2)
        return store(run=run, page=page, connector=connector, at=at)

    sync.store_page = apart


def no_cursor() -> None:
    """Pages are stored, and how far they went is told at the end of a run only."""
    from dataclasses import replace

    from integrations.connections import sync

    store = sync.store_page

    def forgetful(*, run, page, connector, at):
        cursor = page.cursor if page.phase == "done" else {}
        return store(run=run, page=replace(page, cursor=cursor), connector=connector, at=at)

    sync.store_page = forgetful


def nothing_kept() -> None:
    """Nor is what was fetched and not stored found again."""
    from integrations.github.shelf import Shelf

    Shelf.find = lambda self, question: None
    no_cursor()


COMMANDS = {"connect": connect, "work": work, "dump": dump}
GUARDS = {"cursor-before-page": cursor_before_page, "nothing-kept": nothing_kept}


def main(*off: str) -> None:
    from community.jobs import registry

    for name in AWAY:
        registry._tasks.pop(name)
    for guard in off:
        GUARDS[guard]()
    serve(COMMANDS)


if __name__ == "__main__":
    django.setup()
    main(*sys.argv[1:])
