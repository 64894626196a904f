"""One phase of one collector, weighed inside its own process; needs nothing but Python."""

import json
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

API = os.environ.get("BENCH_API", "")
CLONE = os.environ.get("BENCH_CLONE", "")  # the folder that holds the git repositories
FOLDER = Path(os.environ.get("BENCH_FOLDER", "."))
TOKEN = "good-token"
NAME = "guild/hall"


@contextmanager
def weighed() -> Iterator[dict[str, Any]]:
    """Print wall time, CPU time (git's included) and peak memory of the block as JSON.

    What is put into the dictionary is printed too. Imports are not counted,
    neither ours nor another collector's; peak memory is the process's own.
    """
    told: dict[str, Any] = {}
    wall, cpu = time.perf_counter(), spent()
    yield told
    told["wall"], told["cpu"] = time.perf_counter() - wall, spent() - cpu
    told["peak"] = peak()
    print(json.dumps(told), flush=True)


def spent() -> float:
    """Seconds of CPU of this process and those it waited for."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


def peak() -> float:
    """Most memory this process ever held, in MB.

    Not `ru_maxrss`, which starts at what the process that started this one held.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1_024
