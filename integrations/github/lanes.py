"""Several readings side by side, each in its own thread, handed on to the one that writes."""

from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import chain
from threading import Condition, Thread

from django.db import connections

from community.lib.refusals import Refused
from contributors.activity.records import Batch
from integrations.connections.protocol import OutOfBudget, Page, merged
from integrations.github.cursor import Cursor, Parts
from integrations.github.keyring import Stopped

AHEAD = 1_000  # rows from which on a lane waits for the writer
AT_ONCE = 3_000  # rows from which on a transaction takes in no other lane
A_LOOK = 1.0  # seconds after which the writer looks again, should a bell have been missed


@dataclass(frozen=True, slots=True)
class Step:
    """A page still without its cursor, and how far the lane is behind it."""

    page: Page
    parts: Parts

    @property
    def rows(self) -> int:
        """What it takes to store it."""
        return len(self.page.batch.work_items) + len(self.page.batch.contributions)


@dataclass(slots=True)
class Lane:
    """One reading: a generator of pages that moves only the phases it owns."""

    cursor: Cursor
    read: Callable[[Cursor], Generator[Page]]
    steps: deque[Step] = field(default_factory=deque)
    is_over: bool = False


class Lanes:
    """Runs lanes until all are over.

    What several bring at once is stored in the order of the list. A fault ends its own lane; it is
    raised when all others are over too, so that what could be read is stored.
    """

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self.lanes = lanes
        self.bell = Condition()
        self._is_closed = self._is_rung = False
        self._faults: list[BaseException] = []
        self._threads = [
            Thread(target=self._run, args=(lane,), daemon=True, name=f"lane-{place}")
            for place, lane in enumerate(lanes)
        ]

    def steps(self, meanwhile: Iterator[Step | None]) -> Iterator[Step]:
        """What the lanes bring, and between it what can be done without waiting.

        `meanwhile` runs in the thread of the caller; it gives None when it has
        to wait for something, whoever ends that wait rings the bell.
        """
        for thread in self._threads:
            thread.start()
        is_over = is_done = False
        while not (is_over and is_done):
            other, is_done = self._other(meanwhile)
            if other is not None:
                yield other
            step, is_over = self._next(wait=other is None, is_alone=is_done)
            if step is not None:
                yield step
        if self._faults:
            raise self._faults[0]

    def _other(self, meanwhile: Iterator[Step | None]) -> tuple[Step | None, bool]:
        """What can be done in this thread, and whether there will be nothing more of it."""
        try:
            for step in meanwhile:
                return step, False
        except (OutOfBudget, Refused) as fault:
            self._faults.append(fault)
        return None, True

    def ring(self, *_: object) -> None:
        """Wake the writer: something it waited for is there."""
        with self.bell:
            self._is_rung = True
            self.bell.notify_all()

    def close(self) -> None:
        """End every lane; whoever closed what they ask through sees to it that they hear."""
        with self.bell:
            self._is_closed = True
            self.bell.notify_all()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def _next(self, *, wait: bool, is_alone: bool) -> tuple[Step | None, bool]:
        """The next step there is, and whether all lanes are over; may `wait` for a bell once.

        Where nothing else can come (`is_alone`), the end of all lanes is waited for as well.
        """
        with self.bell:
            if wait:
                self.bell.wait_for(
                    lambda: self._is_rung or self._is_ready() or (is_alone and self._is_over()),
                    A_LOOK,
                )
            self._is_rung = False
            steps: list[Step] = []
            for lane in self.lanes:
                if rows(steps) < AT_ONCE:
                    steps += lane.steps
                    lane.steps.clear()
            if not steps:
                return None, self._is_over()
            self.bell.notify_all()
            return joined(steps), False

    def _is_ready(self) -> bool:
        return any(lane.steps for lane in self.lanes)

    def _is_over(self) -> bool:
        return all(lane.is_over for lane in self.lanes)

    def _run(self, lane: Lane) -> None:
        """The body of a lane's thread."""
        pages = lane.read(lane.cursor)
        try:
            with suppress(Stopped):
                for page in pages:
                    self._hand_on(lane, Step(page, lane.cursor.snapshot()))
        except BaseException as fault:  # noqa: BLE001 - raised again where the pages are written
            if not self._is_closed:
                self._faults.append(fault)
        finally:
            pages.close()
            connections.close_all()
            lane.is_over = True
            self.ring()

    def _hand_on(self, lane: Lane, step: Step) -> None:
        """Wait until the writer has come near, then give it the step. Raises `Stopped`."""
        with self.bell:
            self.bell.wait_for(lambda: self._is_closed or rows(lane.steps) < AHEAD)
            if self._is_closed:
                raise Stopped
            lane.steps.append(step)
            self.bell.notify_all()


def rows(steps: Iterable[Step]) -> int:
    """How much these bring."""
    return sum(step.rows for step in steps)


def joined(steps: Sequence[Step]) -> Step:
    """What has gathered while the writer was busy as one step: a transaction costs as it is."""
    if len(steps) == 1:
        return steps[0]
    pages = [step.page for step in steps]
    items = chain.from_iterable(page.batch.work_items for page in pages)
    acts = chain.from_iterable(page.batch.contributions for page in pages)
    page = replace(
        pages[-1],
        batch=Batch(list(items), list(acts)),
        counts=sum((Counter(page.counts) for page in pages), Counter()),
        expected=[one for page in pages for one in page.expected],
        facts=reduce(merged, (page.facts for page in pages)),
    )
    return Step(page, {name: part for step in steps for name, part in step.parts.items()})
