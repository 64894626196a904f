"""Triggers by which the database itself refuses to change what voters were told."""

from django.db.backends.base.base import BaseDatabaseWrapper

FROZEN = (
    *("uid", "slug", "title", "text", "mode", "is_of_people", "rules", "roll_id", "time_zone"),
    *("opens_at", "closes_at", "challenge_hours", "publication", "lists_voters"),
    *("gives_receipts", "lot_source", "manifest", "manifest_sha256", "box_key", "box_size"),
)
RESULTS = ("state", "result", "published_at", "decisions", "lot_value")
STATE = "(SELECT state FROM ballots_election WHERE id = NEW.election_id)"
ELECTION = "OLD.state <> 'draft' AND ({changed} OR NEW.state = 'draft')"
LOT = "OLD.lot_value <> '' AND NEW.lot_value <> OLD.lot_value"
RESULT = "OLD.state = 'published' AND ({result})"
# What was shut, counted or called off does not go back to what it was.
CLOSED = "OLD.closed_at IS NOT NULL AND (NEW.state = 'frozen' OR {closed})"
COUNTED = "OLD.counted_at IS NOT NULL AND (NEW.state IN ('closed', 'canceled') OR {counted})"
CANCELED = "OLD.state = 'canceled' AND NEW.state <> 'canceled'"
# Table, what is refused, when, and in what words.
REFUSALS = (
    ("election", "UPDATE", ELECTION, "What was announced stays as it is."),
    ("election", "UPDATE", LOT, "What decides a lot is said once."),
    ("election", "UPDATE", RESULT, "A published result stays as it is."),
    ("option", "INSERT", f"{STATE} <> 'draft'", "The options were announced."),
    ("option", "UPDATE", f"{STATE} <> 'draft'", "The options were announced."),
    ("envelope", "INSERT", f"{STATE} <> 'frozen'", "The box takes no envelope."),
    (
        *("envelope", "UPDATE"),
        f"{STATE} <> 'frozen' AND (NEW.content IS NOT NULL OR {{envelope}})",
        "The box takes no envelope.",
    ),
    ("openvote", "INSERT", f"{STATE} <> 'frozen'", "Votes are no longer taken."),
    ("openvote", "UPDATE", f"{STATE} <> 'frozen'", "Votes are no longer taken."),
    ("paper", "INSERT", f"{STATE} <> 'closed'", "The box was opened before."),
    ("paper", "UPDATE", "1 = 1", "A ballot paper stays as it is."),
    ("document", "UPDATE", "1 = 1", "A published file stays as it is."),
    ("document", "INSERT", f"{STATE} <> 'counted'", "The folder is published as a whole."),
    ("election", "UPDATE", CLOSED, "A box that is shut stays shut."),
    ("election", "UPDATE", COUNTED, "A count stays as it is."),
    ("election", "UPDATE", CANCELED, "An election that is called off stays so."),
)


def protect(connection: BaseDatabaseWrapper) -> None:
    """Have the tables refuse what no action does."""
    lift(connection)
    with connection.cursor() as cursor:
        for number, (table, verb, condition, words) in enumerate(REFUSALS):
            when = condition.format(
                changed=_changed(connection.vendor, FROZEN),
                result=_changed(connection.vendor, RESULTS),
                closed=_changed(connection.vendor, ("closed_at", "box_root", "envelope_count")),
                counted=_changed(connection.vendor, ("counted_at", "invalid_count")),
                envelope=_changed(connection.vendor, ("election_id", "voter_id", "sha256")),
            )
            for statement in _statements(connection.vendor, number, table, verb, when, words):
                cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take the refusals away, as somebody with the database's password could."""
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for number, (table, *_rest) in enumerate(REFUSALS):
            place = f" ON ballots_{table}" if is_postgresql else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS ballots_refusal_{number}{place}")


def _changed(vendor: str, columns: tuple[str, ...]) -> str:
    differs = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
    return " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns)


def _statements(
    vendor: str, number: int, table: str, verb: str, when: str, words: str
) -> list[str]:
    name = f"ballots_refusal_{number}"
    if vendor != "postgresql":
        head = f"CREATE TRIGGER {name} BEFORE {verb} ON ballots_{table} WHEN {when}"
        return [f"{head} BEGIN SELECT RAISE(ABORT, '{words}'); END"]
    # A trigger's own condition may not look into other tables on PostgreSQL.
    return [
        f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF {when} THEN RAISE EXCEPTION '{words}'
        USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$""",
        f"""CREATE TRIGGER {name} BEFORE {verb} ON ballots_{table}
        FOR EACH ROW EXECUTE FUNCTION {name}()""",
    ]
