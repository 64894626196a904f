"""Triggers by which the database itself refuses to change the log."""

from django.db.backends.base.base import BaseDatabaseWrapper

_SQLITE = [
    f"""CREATE TRIGGER audit_event_no_{verb} BEFORE {verb} ON audit_event
    BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END"""
    for verb in ("update", "delete")
]
_POSTGRESQL = [
    """CREATE OR REPLACE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'The audit log is append-only.'
    USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    *(
        f"""CREATE TRIGGER audit_event_no_{verb} BEFORE {verb} ON audit_event
        FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse()"""
        for verb in ("update", "delete", "truncate")
    ),
]


def protect(connection: BaseDatabaseWrapper) -> None:
    """Have the table refuse UPDATE, DELETE and, on PostgreSQL, TRUNCATE."""
    lift(connection)
    with connection.cursor() as cursor:
        for statement in _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE:
            cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take the refusal away, as somebody with the database's password could."""
    table = " ON audit_event" if connection.vendor == "postgresql" else ""
    verbs = ("update", "delete", "truncate") if table else ("update", "delete")
    with connection.cursor() as cursor:
        for verb in verbs:
            cursor.execute(f"DROP TRIGGER IF EXISTS audit_event_no_{verb}{table}")
