"""Triggers by which the database itself refuses to change a sealed roll but by its amendments."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

VOTERS = "A sealed roll changes by amendments alone."
ROLL = "A sealed roll stays as it was sealed."
AMENDMENT = "An amendment stays as it was signed."
SEALED = "EXISTS (SELECT 1 FROM rolls_roll r WHERE r.id = {row}.roll_id AND r.state = 'sealed')"
AMENDED = (
    "EXISTS (SELECT 1 FROM rolls_amendment a WHERE a.roll_id = {row}.roll_id"
    " AND a.leaf = {row}.leaf AND a.kind = '{kind}')"
)
SAME_ROW = "NEW.roll_id = OLD.roll_id AND NEW.person_id = OLD.person_id"
SAME = f"{SAME_ROW} AND NEW.leaf = OLD.leaf AND NEW.origin = OLD.origin"
FORGOTTEN = f"{SAME} AND NEW.removed_at IS NOT DISTINCT FROM OLD.removed_at AND NEW.uid = ''"
TAKEN_OFF = f"{SAME} AND NEW.uid = OLD.uid AND NEW.salt = OLD.salt AND OLD.removed_at IS NULL"
PUT_BACK = (
    f"{SAME_ROW} AND NEW.leaf <> OLD.leaf AND OLD.removed_at IS NOT NULL AND NEW.removed_at IS NULL"
)
KEPT = (
    *("slug", "criteria_id", '"on"', "floor", "state", "requests_until", "override"),
    *("completeness", "created_at", "computed_at", "published_at", "sealed_at"),
)
CHANGED = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in KEPT)
LED_THERE = (
    "EXISTS (SELECT 1 FROM rolls_amendment a WHERE a.roll_id = OLD.id"
    " AND a.before = OLD.sha256 AND a.after = NEW.sha256)"
)
# Name, verb, table, when it is refused, and why.
RULES = [
    (
        "roll_voter_insert",
        "INSERT",
        "rolls_voter",
        f"{SEALED.format(row='NEW')} AND NOT {AMENDED.format(row='NEW', kind='add')}",
        VOTERS,
    ),
    (
        "roll_voter_update",
        "UPDATE",
        "rolls_voter",
        (
            f"({SEALED.format(row='OLD')} OR {SEALED.format(row='NEW')})"
            f" AND NOT ({FORGOTTEN} AND NEW.salt = '')"
            f" AND NOT ({TAKEN_OFF} AND {AMENDED.format(row='OLD', kind='remove')})"
            f" AND NOT ({PUT_BACK} AND {AMENDED.format(row='NEW', kind='add')})"
        ),
        VOTERS,
    ),
    ("roll_voter_delete", "DELETE", "rolls_voter", SEALED.format(row="OLD"), VOTERS),
    (
        "roll_update",
        "UPDATE",
        "rolls_roll",
        f"OLD.state = 'sealed' AND ({CHANGED} OR (NEW.sha256 <> OLD.sha256 AND NOT {LED_THERE}))",
        ROLL,
    ),
    ("roll_delete", "DELETE", "rolls_roll", "OLD.state = 'sealed'", ROLL),
    ("roll_amendment_update", "UPDATE", "rolls_amendment", "true", AMENDMENT),
    ("roll_amendment_delete", "DELETE", "rolls_amendment", "true", AMENDMENT),
]


def protect(connection: BaseDatabaseWrapper) -> None:
    """Have the tables refuse what no amendment allows."""
    lift(connection)
    write = _postgresql if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        for rule in RULES:
            for statement in write(*rule):
                cursor.execute(statement)


def _sqlite(name: str, verb: str, table: str, refused: str, why: str) -> list[str]:
    condition = refused.replace("IS NOT DISTINCT FROM", "IS").replace("IS DISTINCT FROM", "IS NOT")
    return [
        (
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{why}'); END"
        )
    ]


def _postgresql(name: str, verb: str, table: str, refused: str, why: str) -> list[str]:
    """As a function, since the condition of a trigger may not ask other tables there."""
    row = "OLD" if verb == "DELETE" else "NEW"
    return [
        f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF {refused} THEN RAISE EXCEPTION '{why}'
        USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$""",
        f"""CREATE TRIGGER {name} BEFORE {verb} ON {table}
        FOR EACH ROW EXECUTE FUNCTION {name}()""",
    ]


def lift(connection: BaseDatabaseWrapper, *verbs: str) -> None:
    """Take the refusals away, or those of some verbs, as somebody with the password could."""
    with connection.cursor() as cursor:
        for name, verb, table, _refused, _why in RULES:
            if not verbs or verb in verbs:
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Without the refusals for a while, in a transaction: nobody else sees them gone."""
    lift(connection)
    yield
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    protect(connection)
