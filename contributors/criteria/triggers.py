"""Triggers by which the database itself refuses to change what a version asked."""

from django.db.backends.base.base import BaseDatabaseWrapper

COLUMNS = "rule_id, number, document, sha256, reason, created_at"
_SQLITE = [
    f"""CREATE TRIGGER rule_version_no_update BEFORE UPDATE OF {COLUMNS} ON criteria_ruleversion
    BEGIN SELECT RAISE(ABORT, 'A version of a rule stays as it was written.'); END"""
]
_POSTGRESQL = [
    """CREATE OR REPLACE FUNCTION rule_version_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'A version of a rule stays as it was written.'
    USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    f"""CREATE TRIGGER rule_version_no_update BEFORE UPDATE OF {COLUMNS} ON criteria_ruleversion
    FOR EACH ROW EXECUTE FUNCTION rule_version_refuse()""",
]


def protect(connection: BaseDatabaseWrapper) -> None:
    """Have the table refuse UPDATE of all but who wrote a version."""
    lift(connection)
    with connection.cursor() as cursor:
        for statement in _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE:
            cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take the refusal away, as somebody with the database's password could."""
    table = " ON criteria_ruleversion" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS rule_version_no_update{table}")
