"""A world, a server that shows it, and a source connected to it."""

import pytest

from integrations.connections.actions import connect
from tests.factories import NOON
from tests.github_api.server import GitHub, serving
from tests.github_api.world import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def github(world, settings, tmp_path):
    """GitHub on a local port, with the world's git repository beside it."""
    served = GitHub(world)
    settings.DATA_DIR = tmp_path / "data"  # what one test fetched is not for another
    settings.GITHUB_TOKEN = "good-token"
    settings.GITHUB_CLONE_BASE = str(world.write_git(tmp_path))
    with serving(served) as base:
        settings.GITHUB_API_URL = base
        yield served


@pytest.fixture
def source(db, github):
    return connect(connector="github", location="guild/hall", project="hall", at=NOON)
