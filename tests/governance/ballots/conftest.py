"""A database's clock that tests set."""

from datetime import datetime

import pytest

from community.jobs import clock as clocks
from tests.factories.ballots import ANNOUNCED


class Clock:
    """What the database says the time is, in statements and to whoever asks."""

    def __init__(self) -> None:
        self.set(ANNOUNCED)

    def set(self, moment: datetime) -> None:
        self.now = moment
        clocks._told.set(moment)


@pytest.fixture
def clock():
    yield Clock()
    clocks._told.set(None)
