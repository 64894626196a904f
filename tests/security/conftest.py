"""The world is built once for the tests of a file; what a test does to it is undone."""

import logging
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import transaction

from tests.security.world import World, build


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker) -> Iterator[World]:
    """One of everything, with everybody signed in."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = build()
        world.sign_in()
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(built, db, settings) -> Iterator[World]:
    """The same without limits on how often it is asked."""
    cache.clear()
    settings.API_RATES = {"address": None, "account": None}
    # Each no is logged with its traceback, which takes longer than the answer.
    logging.disable(logging.CRITICAL)
    yield built
    logging.disable(logging.NOTSET)
