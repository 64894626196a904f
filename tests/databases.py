"""Databases that several real processes share: a SQLite file, and PostgreSQL if there is one."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from tests.migrated import administer, named, postgresql_original, settings, sqlite_original

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Database:
    """A migrated database of its own for one test."""

    url: str

    @property
    def name(self) -> str:
        """A file, or the name on the server."""
        if self.url.startswith("sqlite"):
            return self.url.removeprefix("sqlite:///")
        return urlsplit(self.url).path[1:]

    def start(self, module: str, *arguments: object, **environment: str) -> subprocess.Popen:
        """Run a module of the tests as a process on this database."""
        return subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, **settings(self.url), **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def rows(self, query: str) -> list[tuple]:
        """What a query answers, read from outside of Django."""
        if self.url.startswith("sqlite"):
            connection = sqlite3.connect(self.name)
        else:
            connection = psycopg2.connect(self.url)
        with closing(connection), closing(connection.cursor()) as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def run(self, module: str, *arguments: object, **environment: str) -> str:
        """What a module of the tests prints when run to its end."""
        process = self.start(module, *arguments, **environment)
        printed, _ = process.communicate(timeout=60)
        assert process.returncode == 0, printed
        return printed


@pytest.fixture(scope="session")
def sqlite_copies(tmp_path_factory) -> Callable[..., Database]:
    """Makes fresh SQLite files, migrated once, or copies of one."""

    def copy(of: Database | None = None) -> Database:
        path = tmp_path_factory.mktemp("sqlite") / "site.sqlite3"
        shutil.copy(of.name if of else sqlite_original(), path)
        return Database(f"sqlite:///{path}")

    return copy


@pytest.fixture(scope="session")
def postgresql_copies() -> Iterator[Callable[..., Database]]:
    """Makes fresh PostgreSQL databases, migrated once, or copies of one."""
    url = os.environ.get("TEST_DATABASE_URL", "")
    if not url.startswith("postgres"):
        pytest.skip("TEST_DATABASE_URL names no PostgreSQL")
    stem = f"{urlsplit(url).path.strip('/')}_{os.getpid()}"
    original, made = postgresql_original(url), []

    def copy(of: Database | None = None) -> Database:
        made.append(f"{stem}_{len(made)}")
        administer(url, f"CREATE DATABASE {made[-1]} TEMPLATE {of.name if of else original}")
        return Database(named(url, made[-1]))

    yield copy
    administer(url, *(f"DROP DATABASE {name} WITH (FORCE)" for name in made))


@pytest.fixture(params=["sqlite", "postgresql"])
def shared_databases(request) -> Callable[..., Database]:
    """Makes fresh databases that processes can share."""
    return request.getfixturevalue(f"{request.param}_copies")


@pytest.fixture
def shared_database(shared_databases) -> Database:
    """A fresh database that processes can share."""
    return shared_databases()
