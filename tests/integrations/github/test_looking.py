"""What a key shows before anything is read, and the estimate held against a real run."""

import pytest

from integrations.connections import protocol
from integrations.connections.actions import connect
from integrations.connections.keys import plain
from integrations.connections.sync import sync_source
from tests.factories import NOON
from tests.github_api.__main__ import scaled
from tests.github_api.world import World

pytestmark = pytest.mark.django_db
KEYS = plain("good-token")


@pytest.fixture
def world(request):
    return World(size=scaled(getattr(request, "param", 0.1)))


@pytest.mark.parametrize("world", [0.1, 0.25], indirect=True)
def test_the_estimate_is_within_fifteen_percent_of_a_real_run(github, world):
    foreseen = protocol.connector("github").estimate("guild/hall", keys=KEYS)
    source = connect(connector="github", location="guild/hall", project="hall", at=NOON)
    before = len(github.log)

    sync_source(source=source)

    made = len(github.log) - before
    assert foreseen.requests == pytest.approx(made, rel=0.15)
    assert foreseen.counts == {
        "issues": len(world.issues),
        "change_requests": len(world.pulls),
        "issue_comments": len(world.comments),
        "review_comments": len(world.line_comments),
        "releases": len(world.releases),
        "commits": len(world.commits),
    }
