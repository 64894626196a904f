"""`manage.py worker`: one process that runs jobs."""

import signal
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from community.jobs.runner import Interrupted
from community.jobs.worker import Worker, process_name


class Command(BaseCommand):
    """Runs jobs until SIGTERM or Ctrl-C; then finishes the one in hand or gives it back."""

    help = "Run jobs from the table."

    def add_arguments(self, parser: CommandParser) -> None:
        extent = parser.add_mutually_exclusive_group()
        extent.add_argument("--once", action="store_true", help="run one ready job and end")
        extent.add_argument("--drain", action="store_true", help="end when nothing is ready")
        parser.add_argument(
            "--grace",
            type=float,
            default=8.0,
            metavar="SECONDS",
            help="how long the job in hand may go on after SIGTERM before it is given back",
        )

    def handle(self, *_: Any, once: bool, drain: bool, grace: float, **__: Any) -> None:
        worker = Worker(process_name("worker"))
        stop_on_signals(worker, grace)
        try:
            if once:
                worker.step()
            elif drain:
                worker.drain()
            else:
                worker.run()
        except Interrupted:
            self.stderr.write("The job in hand was given back.")


def stop_on_signals(worker: Worker, grace: float) -> None:
    """The first signal lets the job in hand finish within its grace, a second one does not."""

    def interrupt(_: int, __: FrameType | None) -> None:
        worker.interrupt()

    def stop(_: int, __: FrameType | None) -> None:
        worker.stop()
        for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
            signal.signal(ending, interrupt)
        signal.setitimer(signal.ITIMER_REAL, max(grace, 0.001))

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
