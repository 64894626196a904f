"""Which functions may be run as jobs, and how often the periodic ones."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Task:
    """A registered function: takes plain ids as keywords, is idempotent."""

    name: str
    run: Callable[..., None]
    every: timedelta | None
    commits_itself: bool
    is_chore: bool = False


_tasks: dict[str, Task] = {}


def task(
    name: str,
    *,
    every: timedelta | None = None,
    commits_itself: bool = False,
    is_chore: bool = False,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function of `tasks.py` under a stable name, such as `activity.rebuild`.

    Runs inside one transaction together with the mark that it is done, so its
    effects happen once. A long task that commits page by page says
    `commits_itself=True` and must be harmless when repeated. `every` makes it
    periodic: one job per slot of that length. A chore, `is_chore=True`, waits
    until nothing else is ready.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        if name in _tasks and _tasks[name].run.__qualname__ != function.__qualname__:
            raise ValueError(f"Two tasks are called {name}.")
        _tasks[name] = Task(name, function, every, commits_itself, is_chore)
        return function

    return register


def find(name: str) -> Task:
    """The task of this name; KeyError names what is missing."""
    return _tasks[name]


def registered() -> dict[str, Task]:
    """All tasks by name."""
    return dict(_tasks)


Arguments = dict[str, Any]
