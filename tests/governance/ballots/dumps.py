"""What somebody has who copied everything but the folder of keys."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from tests.databases import Database

Row = dict[str, Any]
READ = ("ballots_envelope", "ballots_paper", "audit_event", "jobs_job", "rolls_voter")
FILES = """SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 't', 'i')
    AND (relnamespace = 'public'::regnamespace
        OR oid IN (SELECT reltoastrelid FROM pg_class WHERE relnamespace = 'public'::regnamespace))
    AND pg_relation_size(oid) > 0"""


@dataclass
class Dump:
    """Some tables by row, where `place` and `xmin` say how the database keeps it; and all bytes."""

    tables: dict[str, list[Row]]
    content: bytes

    @property
    def envelopes(self) -> dict[int, Row]:
        """By the person who cast it."""
        people = {one["id"]: one["person_id"] for one in self.tables["rolls_voter"]}
        return {people[one["voter_id"]]: one for one in self.tables["ballots_envelope"]}

    @property
    def sealed(self) -> list[bytes]:
        rows = self.tables["ballots_envelope"]
        return [bytes(one["content"]) for one in rows if one["content"] is not None]


def dump_of(database: Database, folder: Path, redis) -> Dump:
    """Everything that is stored: the database as rows and as files, Redis, mails, logs, media."""
    is_file = database.url.startswith("sqlite")
    tables, content = (from_sqlite if is_file else from_postgresql)(database)
    parts = [content, *(redis.dump(key) or b"" for key in redis.scan_iter("*"))]
    parts += [path.read_bytes() for path in sorted(folder.rglob("*")) if is_copied(path)]
    return Dump(tables, b"\n".join(parts))


def is_copied(path: Path) -> bool:
    return path.is_file() and "keys" not in path.parts and path.suffix != ".json"


def from_sqlite(database: Database) -> tuple[dict[str, list[Row]], bytes]:
    """The rows, and the file with its log as they lie there."""
    files = [Path(database.name), Path(f"{database.name}-wal")]
    content = b"\n".join(one.read_bytes() for one in files if one.exists())
    with closing(sqlite3.connect(database.name)) as connection:
        connection.row_factory = sqlite3.Row
        return {
            name: [
                {"xmin": 0, **dict(row)}
                for row in connection.execute(f"SELECT rowid AS place, * FROM {name}")
            ]
            for name in READ
        }, content


def from_postgresql(database: Database) -> tuple[dict[str, list[Row]], bytes]:
    """The rows, every table in words, and the files of the database as they lie there."""
    with closing(psycopg2.connect(database.url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        found = {name: postgresql_rows(cursor, name) for name in READ}
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        parts = []
        for (name,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM public."{name}" t')
            parts += [row.encode() for (row,) in cursor.fetchall()]
        cursor.execute("CHECKPOINT")
        cursor.execute(FILES)
        for (path,) in cursor.fetchall():
            cursor.execute("SELECT pg_read_binary_file(%s, 0, 100000000, true)", [path])
            parts.append(bytes(cursor.fetchone()[0] or b""))
    return found, b"\n".join(parts)


def postgresql_rows(cursor, name: str) -> list[Row]:
    place = "(ctid::text::point)[0] * 10000 + (ctid::text::point)[1]"
    cursor.execute(f"SELECT xmin::text::bigint AS xmin, {place} AS place, * FROM {name}")
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
