"""Several processes that append to one audit log at once; prints how many events were refused.

`python -m tests.community.audit.writers PROCESSES EVENTS [unlocked]`
"""

import multiprocessing
import sys
from datetime import UTC, datetime

import django
from django.db import DatabaseError, connection, transaction


def write(events: int, refused) -> None:
    from community.audit.actions import record

    for number in range(events):
        try:
            with transaction.atomic():
                record(verb="test.written", subject="test", at=datetime.now(UTC), number=number)
        except DatabaseError:
            with refused.get_lock():
                refused.value += 1


def unlock() -> None:
    """Switch the guard off: nothing held on PostgreSQL, no IMMEDIATE on SQLite."""
    from community.audit import actions

    actions._hold_chain = lambda: None
    if connection.vendor == "sqlite":
        connection.settings_dict["OPTIONS"]["transaction_mode"] = "DEFERRED"


def main(processes: int, events: int, *options: str) -> None:
    django.setup()
    if "unlocked" in options:
        unlock()
    fork = multiprocessing.get_context("fork")
    refused = fork.Value("i", 0)
    writers = [fork.Process(target=write, args=(events, refused)) for _ in range(processes)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    sys.stdout.write(f"{refused.value}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
