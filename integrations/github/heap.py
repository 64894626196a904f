"""Memory of processes in which many threads take and give back large pieces."""

import ctypes
from functools import cache

ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h


@cache
def share_heap() -> None:
    """Have the threads that begin from now on share the heap of the process.

    Otherwise each gets one of its own and keeps there what it has freed. Does
    nothing where the C library is not glibc.
    """
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(ARENA_MAX, 1)
