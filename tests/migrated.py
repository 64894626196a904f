"""Migrated databases to copy: migrating takes seconds, and is done once for all that need it."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from fcntl import LOCK_EX, flock
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.db.backends.base.base import BaseDatabaseWrapper

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache" / "migrated"
# What a migrated database depends on; migrations import the last three.
SOURCES = ("migrations/*.py", "models.py", "refusals.py", "sealing.py", "triggers.py")


def settings(url: str) -> dict[str, str]:
    """What a process needs in its environment to work on this database."""
    return {"DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": url}


def migrate(url: str) -> None:
    call = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    subprocess.run(call, cwd=ROOT, env={**os.environ, **settings(url)}, check=True)


@contextmanager
def alone() -> Iterator[None]:
    """Whoever else runs tests here waits."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as file:
        flock(file, LOCK_EX)
        yield


@cache
def fingerprint() -> str:
    """The same as long as migrating leads to the same database."""
    ours = chain.from_iterable(ROOT.glob(f"*/*/{name}") for name in SOURCES)
    read = [ROOT / "requirements-dev.lock", *sorted(ours)]
    return sha256(b"".join(str(path).encode() + path.read_bytes() for path in read)).hexdigest()


@cache
def sqlite_original() -> Path:
    """A migrated file, kept until something changes that it depends on."""
    path = KEPT / f"{fingerprint()[:20]}.sqlite3"
    with alone():
        if not path.exists():
            for old in KEPT.glob("*.sqlite3*"):
                old.unlink()
            draft = path.with_suffix(".sqlite3-new")
            migrate(f"sqlite:///{draft}")
            draft.rename(path)
    return path


def fill(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Begin a new database in memory as a copy of the migrated file."""
    with closing(sqlite3.connect(f"file:{sqlite_original()}?mode=ro", uri=True)) as original:
        original.backup(connection.connection)


# PostgreSQL


def named(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def administer(url: str, *statements: str) -> list[tuple]:
    """Carry statements out beside the databases; what the last one answers."""
    with closing(psycopg2.connect(named(url, "postgres"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def begin(*, is_first: bool) -> None:
    """Number this run of the tests; the processes that it starts belong to it."""
    if is_first:
        os.environ["TEST_RUN"] = str(os.getpid())


def end() -> None:
    """Leave nothing of this run behind."""
    url = os.environ.get("TEST_DATABASE_URL", "")
    if url.startswith("postgres"):
        with suppress(psycopg2.OperationalError):  # then there is nothing either
            administer(url, f"DROP DATABASE IF EXISTS {_original(url)} WITH (FORCE)")


def postgresql_original(url: str) -> str:
    """The name of a migrated database, made by the first process of this run that asks."""
    name = _original(url)
    with alone():
        if not administer(url, f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
            administer(url, f"CREATE DATABASE {name}")
            migrate(named(url, name))
    return name


def _original(url: str) -> str:
    return f"{urlsplit(url).path.strip('/')}_{os.environ['TEST_RUN']}_{fingerprint()[:8]}"
