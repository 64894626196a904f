"""A project with three months of activity, its maintainer, and a Monday after them."""

from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from community.people.models import Person
from community.projects.models import Project
from contributors.digests.models import Subscription
from contributors.metrics.actions import rebuild_figures
from tests import factories
from tests.factories import ledger
from tests.kept import once

# The last act of `ledger.quarter` lies in the week of 23 March, a month that is not over.
MONDAY = datetime(2026, 3, 30, 8, tzinfo=UTC)
WEEK, QUIET = "2026-W13", "2026-W30"


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


@pytest.fixture
def monday(time_machine):
    """Eight hours after the last week of the project."""
    time_machine.move_to(MONDAY, tick=False)


@once
def a_quarter_of_atlas() -> Project:
    project = factories.project("atlas", name="Atlas")
    ledger.quarter(factories.repository(project))
    rebuild_figures(at=MONDAY)
    return project


@pytest.fixture
def atlas(monday, db) -> Project:
    """A project that was looked at this morning."""
    return a_quarter_of_atlas()


def reader_of(project: Project, handle: str = "olga", **more) -> Person:
    """A maintainer of the project with a confirmed address."""
    person = factories.person(handle, claimed_at=MONDAY, **more)
    EmailAddress.objects.create(user=person, email=f"{handle}@example.com", verified=True)
    project.maintainers.add(person)
    return person


def wish(person: Person, project: Project, length: str = "week", **more) -> Subscription:
    fields = {"since": datetime(2026, 1, 1, tzinfo=UTC), **more}
    return Subscription.objects.create(person=person, project=project, length=length, **fields)


def browser_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def olga(atlas) -> Person:
    """Maintains Atlas."""
    return reader_of(atlas)


@pytest.fixture
def hers(olga) -> Client:
    """Olga is signed in."""
    return browser_of(olga)
