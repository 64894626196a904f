"""What all tests of GitHub begin with."""

import pytest

from integrations.github import limits
from integrations.github.limits import Limiter


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """No test inherits what another one learned of a key."""
    monkeypatch.setattr(limits, "_limiters", type(limits._limiters)(Limiter))
