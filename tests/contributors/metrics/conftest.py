"""What tests of several pages begin with."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from contributors.metrics.actions import rebuild_figures
from tests import factories
from tests.factories import ledger
from tests.kept import once


@once
def a_quarter_of_atlas():
    repository = factories.repository(factories.project("atlas", name="Atlas"))
    ledger.quarter(repository)
    rebuild_figures(at=datetime(2026, 12, 31, tzinfo=UTC))
    return repository


@pytest.fixture
def seeded(db):
    cache.clear()
    return a_quarter_of_atlas()
