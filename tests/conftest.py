"""The three standing people and a fixed moment; which tests depend on the suite's database."""

import gc
import itertools
import os
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.backends.signals import connection_created
from django.test import Client, SimpleTestCase
from django.utils import translation
from whitenoise.middleware import WhiteNoiseMiddleware

from community.audit.triggers import lift
from community.people.models import Person
from governance.rolls import triggers as rolls
from tests import factories, migrated
from tests.databases import postgresql_copies, shared_database, shared_databases, sqlite_copies

__all__ = ["postgresql_copies", "shared_database", "shared_databases", "sqlite_copies"]

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
FOLDERS = itertools.count()
DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}


def pytest_configure(config):
    migrated.begin(is_first=not hasattr(config, "workerinput"))


def pytest_unconfigure(config):
    """Comes after the processes among which xdist divides the tests have ended."""
    if not hasattr(config, "workerinput"):
        migrated.end()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Where the suite runs on two databases in turn, `-m "not own"` and `-m "own or not alike"`
    run once what would be the same: tests that use none, those that start databases of their own,
    and those that call themselves alike."""
    for item in items:
        if not uses_the_database(item):
            item.add_marker("own")


def uses_the_database(item: pytest.Item) -> bool:
    """Whether pytest-django lets this test at the database that the settings name."""
    is_django_case = issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
    is_marked = item.get_closest_marker("django_db") is not None
    return is_django_case or is_marked or not DATABASE.isdisjoint(item.fixturenames)


def pytest_collection_finish():
    """What is loaded by now stays: no need to look through it for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """The suite's database begins as a copy of one that is migrated."""
    if connection.vendor == "sqlite":
        connection_created.connect(migrated.fill)
    else:
        original = migrated.postgresql_original(os.environ["TEST_DATABASE_URL"])
        connection.settings_dict["TEST"]["TEMPLATE"] = original


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Emptying the tables between tests is the one thing that may delete audit events, and
    sealed rolls."""
    with django_db_blocker.unblock():
        lift(connection)
        rolls.lift(connection, "DELETE")


@pytest.fixture(scope="session", autouse=True)
def static_files_looked_for_once():
    """Each test client has middleware of its own; the first one looks for the static files."""
    found = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def add_files(middleware: WhiteNoiseMiddleware) -> None:
        key = middleware.static_prefix, middleware.max_age
        if key not in found:
            look(middleware)
            found[key] = middleware.files
        middleware.files = found[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_files)
        yield


@pytest.fixture(autouse=True)
def site_language():
    """A page read in Chinese leaves its language on the thread; the next test starts anew."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def folder_of_its_own(settings, tmp_path_factory):
    """Tests that run at the same time find nothing of each other on disk; made when needed."""
    settings.DATA_DIR = tmp_path_factory.getbasetemp() / f"data-{next(FOLDERS)}"
    settings.BALLOT_KEYS = settings.DATA_DIR / "keys"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    """What cannot be reached is tried again at once."""
    monkeypatch.setattr("integrations.github.transport.PAUSE", 0.001)


@pytest.fixture
def member(db) -> Person:
    """Signed in, no special rights."""
    return factories.person("mira", claimed_at=NOON)


@pytest.fixture
def maintainer(db) -> Person:
    """Administers the site."""
    return factories.person("magnus", claimed_at=NOON, is_staff=True)


@pytest.fixture
def stranger(db) -> Person:
    """Known only from activity."""
    return factories.person("stranger")


@pytest.fixture
def member_client(member) -> Client:
    """A browser in which the member is signed in."""
    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def maintainer_client(maintainer) -> Client:
    """A browser in which the maintainer is signed in."""
    client = Client()
    client.force_login(maintainer, backend="django.contrib.auth.backends.ModelBackend")
    return client
