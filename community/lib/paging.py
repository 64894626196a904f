"""Lists cut into pages, and what is kept rather than counted again."""

import hashlib
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

ROWS = 50
SLOW = 0.02  # seconds, from which on an answer is worth keeping
M = TypeVar("M", bound=Model)
T = TypeVar("T")


def counted(rows: "QuerySet[Any]") -> int:
    """How many rows there are; kept for a while where it takes long."""
    try:
        asked = rows.order_by().query.sql_with_params()
    except EmptyResultSet:
        return 0
    return kept_if_slow(asked, rows.count)


def page_of_list(rows: Sequence[T], request: HttpRequest, size: int = ROWS) -> "Page[T]":
    """The same of a list."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def page_of(
    rows: "QuerySet[M]", request: HttpRequest, size: int = ROWS, count: int | None = None
) -> "Page[M]":
    """The page of rows that the `page` parameter names; the nearest one if it is off.

    `count` is how many rows there are, where that is known without counting.
    """
    pages = Paginator(rows, size)
    pages.count = counted(rows) if count is None else count
    return pages.get_page(request.GET.get("page"))


def kept_if_slow(parts: object, make: Callable[[], T]) -> T:
    """What `make` answers, kept for `KEEP_SECONDS` where it takes long."""
    return kept(f"slow:{short_of(parts)}", make, SLOW) if settings.KEEP_SECONDS else make()


def kept(key: str, make: Callable[[], T], slow: float) -> T:
    """What `make` answers, kept for `KEEP_SECONDS` where it takes so many seconds."""
    found: tuple[T] | None = cache.get(key)
    if found is not None:
        return found[0]
    begin = time.perf_counter()
    made = make()
    if time.perf_counter() - begin >= slow:
        cache.set(key, (made,), settings.KEEP_SECONDS)
    return made


def short_of(parts: object) -> str:
    """A key of any length made short."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:40]
