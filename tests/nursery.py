"""Commands carried out in processes forked from one that has everything loaded.

The process that stays reads commands from its standard input, carries each out
in a child, and answers with the child's number, then with how it ended (the
number of a signal is negative). So a process costs milliseconds rather than
seconds, and may be killed.
"""

import os
import sys
import traceback
from collections.abc import Callable, Mapping
from subprocess import Popen
from typing import Self

from django.db import connections

Commands = Mapping[str, Callable[..., object]]


def use(database: str) -> None:
    """Have this process, and those forked from it, work on that database."""
    connections["default"].settings_dict["NAME"] = database


def serve(commands: Commands) -> None:
    """Carry commands out until there are none."""
    for line in sys.stdin:
        command, *arguments = line.split()
        connections.close_all()
        child = os.fork()
        if not child:
            leave(commands[command], arguments)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def leave(work: Callable[..., object], arguments: list[str]) -> None:
    """Do the work and end this process, whatever happens."""
    code = 1
    try:
        work(*arguments)
        connections.close_all()
        code = 0
    except BaseException:  # noqa: BLE001 - said aloud; the process ends here
        traceback.print_exc()
    finally:
        os._exit(code)


class Nursery:
    """The process that stays, seen from the test."""

    def __init__(self, process: Popen[str]) -> None:
        self.process = process

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def begin(self, *command: object) -> int:
        """Start a child; its number."""
        print(*command, file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())

    def end(self) -> int:
        """Wait for the child; how it ended."""
        return int(self.process.stdout.readline())

    def do(self, *command: object) -> None:
        """Carry a command out, which must go well."""
        self.begin(*command)
        assert self.end() == 0, command
