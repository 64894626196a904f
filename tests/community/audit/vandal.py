"""Tries to edit and delete an event by SQL in a database as the migrations leave it."""

import sys
from datetime import UTC, datetime

import django
from django.db import IntegrityError, connection


def outcome(statement: str) -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except IntegrityError:
        return "refused"
    return "done"


def main() -> None:
    django.setup()
    from community.audit.actions import record

    record(verb="test.begun", subject="test", at=datetime.now(UTC))
    answers = map(outcome, ["UPDATE audit_event SET verb = 'x'", "DELETE FROM audit_event"])
    sys.stdout.write(" ".join(answers) + "\n")


if __name__ == "__main__":
    main()
