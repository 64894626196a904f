"""Tasks that exist only while a test looks."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from community.jobs import registry


@pytest.fixture
def register(monkeypatch) -> Callable:
    """Register a function as a task until the end of the test."""
    monkeypatch.setattr(registry, "_tasks", dict(registry._tasks))

    def make(name: str, function, *, every: timedelta | None = None, commits_itself=False, **more):
        registry._tasks[name] = registry.Task(name, function, every, commits_itself, **more)
        return function

    return make
