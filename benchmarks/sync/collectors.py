"""The collectors, and what each needs before it can be measured."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

Prepare = Callable[[Mapping[str, str]], None]


def nothing(_: Mapping[str, str]) -> None:
    """No preparation."""


@dataclass(frozen=True)
class Collector:
    """A name for the table, and the module that runs a phase in a process of its own."""

    name: str
    module: str
    python: str = sys.executable
    settings: Mapping[str, str] = field(default_factory=dict)
    prepare: Prepare = nothing
    is_guildhall: bool = False
    is_peer: bool = False

    def call(self, *arguments: str) -> list[str]:
        return [self.python, "-m", f"benchmarks.sync.{self.module}", *arguments]


def chosen(databases: list[str], *, peers: bool) -> list[Collector]:
    """The floor and Guildhall side by side, then the others where they are there."""
    found = [Collector("floor", "floor")]
    found += [guildhall(database) for database in databases if database_url(database)]
    if not peers:
        return found
    found.append(Collector("PyGithub loop", "loop", is_peer=True))
    if python := perceval_python():
        found.append(Collector("perceval", "perceval", python=python, is_peer=True))
    return found


def perceval_python() -> str:
    """A Python that has grimoirelab-perceval, made once; empty where it cannot be had."""
    folder = Path(tempfile.gettempdir()) / "guildhall-benchmarks" / "perceval"
    python = folder / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=120)
        look = [python, "-c", "import perceval.backends"]
        if subprocess.run(look, check=False, capture_output=True).returncode:
            print("Installing perceval, once ...", file=sys.stderr)
            call = [python, "-m", "pip", "install", "--quiet", "perceval"]
            subprocess.run(call, check=True, timeout=300, capture_output=True)
    except (subprocess.SubprocessError, OSError) as error:
        print(f"Without perceval, which could not be installed: {error}")
        return ""
    return str(python)


def guildhall(database: str) -> Collector:
    url = database_url(database)
    settings = {"DATABASE_URL": url} if database == "postgres" else {}

    def prepare(environment: Mapping[str, str]) -> None:
        if database == "postgres":
            fresh_database(url)
        call = [sys.executable, "-m", "benchmarks.sync.guildhall", "prepare"]
        subprocess.run(call, env=environment, check=True, stdout=subprocess.DEVNULL)

    name = {"sqlite": "Guildhall SQLite", "postgres": "Guildhall PostgreSQL"}[database]
    return Collector(name, "guildhall", settings=settings, prepare=prepare, is_guildhall=True)


def database_url(database: str) -> str:
    """Where to store; empty where no PostgreSQL was named."""
    if database == "sqlite":
        return "a file of its own"
    named = os.environ.get("BENCH_DATABASE_URL") or os.environ.get("TEST_DATABASE_URL", "")
    if not named:
        print("No PostgreSQL: name a server by BENCH_DATABASE_URL or TEST_DATABASE_URL.")
        return ""
    return urlunsplit(urlsplit(named)._replace(path=f"/bench_sync_{os.getpid()}"))


def fresh_database(url: str) -> None:
    """An empty database of that name, in place of an earlier one."""
    drop_database(url)
    on_server(url, f'CREATE DATABASE "{urlsplit(url).path[1:]}"')


def drop_database(url: str) -> None:
    """Leave nothing behind."""
    on_server(url, f'DROP DATABASE IF EXISTS "{urlsplit(url).path[1:]}" WITH (FORCE)')


def on_server(url: str, statement: str) -> None:
    import psycopg2

    connection = psycopg2.connect(urlunsplit(urlsplit(url)._replace(path="/postgres")))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()
