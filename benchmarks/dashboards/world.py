"""A seeded community of any size, written straight into the tables that ingest would fill."""

import csv
import io
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection

START = datetime(2021, 1, 1, tzinfo=UTC)
END = datetime(2026, 1, 1, tzinfo=UTC)
SECONDS = int((END - START).total_seconds())
PROJECTS, REPOSITORIES, ORGANIZATIONS = 40, 120, 60
KINDS = ("commit", "issue_comment", "review", "review_comment")
WEIGHTS = (30, 40, 20, 10)
ITEM_SHARE = 5  # one issue or change request for so many contributions
CHUNK = 20_000


def build(contributions: int, seed: int = 7) -> None:
    """Fill an empty database with so many contributions, people in proportion."""
    chance = random.Random(seed)
    people = max(contributions // 200, 50)
    _places()
    _people(people, chance)
    items = contributions // (ITEM_SHARE + 1)
    _write("activity_workitem", ITEM, _items(items, people, chance))
    _write("activity_contribution", ACT, _acts(contributions, items, people, chance))
    _derive()


def _places() -> None:
    projects = [(n, f"p{n}", f"Project {n}", "code", "sandbox") for n in range(1, PROJECTS + 1)]
    _fill("projects_project", ("id", "slug", "name", "kind", "stage"), projects)
    rows = [
        (n, 1 + n % PROJECTS, "github", str(n), f"guild/r{n}") for n in range(1, REPOSITORIES + 1)
    ]
    names = ("id", "project_id", "provider", "external_id", "name")
    _fill("projects_repository", names, rows)
    rows = [(n, f"o{n}", f"Organization {n}", "company") for n in range(1, ORGANIZATIONS + 1)]
    _fill("people_organization", ("id", "slug", "name", "kind"), rows)


def _people(count: int, chance: random.Random) -> None:
    people = [(n, f"u{n}", f"User {n}", n % 97 == 0) for n in range(1, count + 1)]
    _fill("people_person", ("id", "handle", "name", "is_bot"), people)
    rows = [(n, n, "github", str(n), f"u{n}") for n in range(1, count + 1)]
    _fill("people_identity", ("id", "person_id", "provider", "uid", "login"), rows)
    rows = [
        (n, n, chance.randrange(1, ORGANIZATIONS + 1), "person")
        for n in range(1, count + 1)
        if n % 3
    ]
    _fill("people_affiliation", ("id", "person_id", "organization_id", "source"), rows)


ITEM = (
    *("id", "repository_id", "source", "kind", "external_id", "number", "title", "url"),
    *("author_id", "state", "state_reason", "is_draft", "labels", "milestone", "opened_at"),
    *("closed_at", "merged_at", "updated_at"),
)
ACT = (
    *("repository_id", "source", "kind", "external_id", "identity_id", "work_item_id"),
    *("work_item_number", "occurred_at", "title", "url", "outcome", "is_merge"),
    *("updated_at", "recorded_at"),
)


def _somebody(people: int, chance: random.Random) -> int:
    """Few do most: the square of an even chance."""
    return 1 + int(people * chance.random() ** 3)


def _items(count: int, people: int, chance: random.Random) -> Iterator[Sequence[Any]]:
    for n in range(1, count + 1):
        opened = START + timedelta(seconds=SECONDS * n // count)
        is_pull, is_closed = n % 2 == 0, chance.random() < 0.8
        closed = opened + timedelta(hours=chance.expovariate(1 / 90)) if is_closed else None
        merged = closed if closed and is_pull and chance.random() < 0.8 else None
        state = "merged" if merged else "closed" if closed else "open"
        kind = "change_request" if is_pull else "issue"
        yield (
            *(n, 1 + n % REPOSITORIES, "github", kind, f"i{n}", n, f"Item {n}", ""),
            *(_somebody(people, chance), state, "", False, "[]", "", opened),
            *(closed, merged, closed or opened),
        )


def _acts(count: int, items: int, people: int, chance: random.Random) -> Iterator[Sequence[Any]]:
    """The opening of each item, then what was said and written, in the order of time."""
    for n in range(1, items + 1):
        moment = START + timedelta(seconds=SECONDS * n // items)
        kind = "change_request" if n % 2 == 0 else "issue"
        yield _act(n, kind, f"i{n}", _somebody(people, chance), n, moment)
    for n in range(1, count - items + 1):
        kind = chance.choices(KINDS, WEIGHTS)[0]
        moment = START + timedelta(seconds=SECONDS * n // (count - items))
        item = None if kind == "commit" else max(1, items * n // (count - items))
        yield _act(item or n, kind, f"a{n}", _somebody(people, chance), item, moment)


def _act(
    place: int, kind: str, key: str, who: int, item: int | None, at: datetime
) -> Sequence[Any]:
    return (
        1 + place % REPOSITORIES,
        "github",
        kind,
        key,
        who,
        item,
        item,
        at,
        "",
        "",
        "",
        False,
        at,
        at,
    )


def _derive() -> None:
    """Answers, day counts and completeness, as the ledger derives them."""
    from community.projects.models import Repository
    from contributors.activity.derived import rebuild_repository

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        day = "date(occurred_at)" if connection.vendor == "sqlite" else "occurred_at::date"
        cursor.execute(
            "INSERT INTO activity_completeness "
            "(repository_id, day, expected, received, parts, reason, checked_at) "
            f"SELECT repository_id, {day}, count(*), count(*), '{{}}', '{{}}', max(recorded_at) "
            f"FROM activity_contribution GROUP BY repository_id, {day}"
        )
    for repository in Repository.objects.order_by("pk"):
        rebuild_repository(repository)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


# --- writing


def _defaults(table: str) -> dict[str, Any]:
    """What a column holds that nothing is said of."""
    from django.apps import apps
    from django.db.models import FileField

    model = next(one for one in apps.get_models() if one._meta.db_table == table)
    blank = model()
    found = {}
    for field in model._meta.concrete_fields:
        value = getattr(blank, field.attname)
        if value is None and not field.null and field.get_internal_type() == "DateTimeField":
            value = START
        if field.get_internal_type() == "JSONField":
            value = "[]" if isinstance(value, list) else "{}"
        found[field.attname] = str(value) if isinstance(field, FileField) else value
    return found


def _fill(table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows of a small table with everything else as it is by default."""
    common = {name: value for name, value in _defaults(table).items() if name not in names}
    more = tuple(common.values())
    _write(table, (*names, *common), ((*row, *more) for row in rows))


def _write(table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    rest = iter(rows)
    while chunk := list(islice(rest, CHUNK)):
        _copy(table, names, chunk) if connection.vendor == "postgresql" else _insert(
            table, names, chunk
        )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT coalesce(max(id), 1) "
                f"FROM {table}))",
                [table],
            )


def _copy(table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(["\\N" if one is None else one for one in row] for row in rows)
    text.seek(0)
    columns = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv, NULL '\\N')", text
        )


def _insert(table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    from django.db import transaction

    columns = ", ".join(f'"{name}"' for name in names)
    places = ", ".join(["%s"] * len(names))
    plain = [[str(one)[:-6] if isinstance(one, datetime) else one for one in row] for row in rows]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", plain)


def last_day() -> date:
    """The last day on which anything happened."""
    return (END - timedelta(days=1)).date()
