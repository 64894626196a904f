"""The moment at which everything happens."""

import pytest

from tests.conftest import NOON


@pytest.fixture
def noon(time_machine):
    """Noon, for the clock of the host; that of PostgreSQL is asked nowhere else."""
    time_machine.move_to(NOON, tick=False)


@pytest.fixture(autouse=True)
def clock_of_the_database(monkeypatch):
    """Goes by the host, whose time the tests set."""
    from django.utils import timezone

    for module in ("actions", "asking", "officer_views"):
        monkeypatch.setattr(f"governance.rolls.{module}.database_now", timezone.now)
