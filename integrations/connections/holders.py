"""Which process a run lives in, so that on the same machine its death is seen at once."""

import os
import socket
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str:
    """A mark nobody else has: machine, its boot, process namespace, number and start.

    Empty where the system does not tell.
    """
    try:
        return f"{_here()} {os.getpid()} {_start_of(os.getpid())}"
    except OSError:
        return ""


def is_gone(mark: str) -> bool:
    """Whether the process of this mark ran here and is no more; False where nobody can know."""
    place, _, process = mark.partition(" ")
    number, _, start = process.partition(" ")
    try:
        if not mark or place != _here():
            return False
        return _start_of(int(number)) != start
    except (FileNotFoundError, ProcessLookupError):
        return True
    except OSError:
        return False


def _here() -> str:
    """This machine since it was started, as this container sees it."""
    boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    return f"{socket.gethostname()}/{boot}/{(_PROC / 'self/ns/pid').readlink()}"


def _start_of(number: int) -> str:
    """When a process began, in ticks since the boot; a dead one nobody has buried has no start."""
    # The name of the program, in brackets, may hold anything.
    state, *fields = (_PROC / str(number) / "stat").read_text().rpartition(")")[2].split()
    return "" if state in {"Z", "X"} else fields[18]
