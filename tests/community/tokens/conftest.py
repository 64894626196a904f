"""A cache of its own for each test, so that limits do not carry over."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _forget_limits():
    cache.clear()
