"""Each task may run twice at the same time, and leaves what one run leaves.

Two processes with connections of their own, on a database that both commit to;
each dawdles after every statement, so that the other comes between.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Database
from tests.nursery import Nursery
from tests.test_tasks_idempotent import TASK_CASES

SCENE = "tests.at_once"


@dataclass
class Stage:
    """Where tasks are run, one database a run."""

    nursery: Nursery
    copies: Callable[..., Database]
    folder: Path

    def outcome(self, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """What one run leaves, and what two at once leave, of the same scene."""
        arranged, path = self.copies(), self.folder / f"{name}.json"
        self.nursery.do("arrange", arranged.name, name, path)
        other = self.copies(arranged)
        for database, times in ((other, 1), (arranged, 2)):
            self.nursery.do("run", database.name, name, path, times)
        once, twice = (json.loads(path.with_suffix(f".{times}").read_text()) for times in (1, 2))
        return once, twice


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stage(request, tmp_path_factory) -> Iterator[Stage]:
    copies = request.getfixturevalue(f"{request.param}_copies")
    folder = tmp_path_factory.mktemp("stage")
    with Nursery(copies().start(SCENE, GUILDHALL_DATA=str(folder))) as nursery:
        yield Stage(nursery, copies, folder)


@pytest.mark.parametrize("name", sorted(TASK_CASES))
def test_two_runs_at_once_leave_what_one_leaves(stage, name):
    once, twice = stage.outcome(name)

    assert twice == once
    assert once["codes"] == [0]


@pytest.mark.parametrize("name", ["test.note_once", "test.write_once"])
def test_a_task_that_trusts_what_it_saw_would_be_found(stage, name):
    once, twice = stage.outcome(name)

    assert twice != once
