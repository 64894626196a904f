"""The one clock that several processes and hosts share."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from django.db import connection
from django.utils import timezone

_told: ContextVar[datetime | None] = ContextVar("moment of a story", default=None)
# The database's own time at the statement, not at the start of the transaction.
NOW = {
    "postgresql": "clock_timestamp()",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')",
}


def database_now() -> datetime:
    """The database's time, so that leases and deadlines do not hang on a host's clock.

    SQLite lives in this very process, so there it is the process's own time.
    """
    if (moment := _told.get()) is not None:
        return moment
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def now_in_sql() -> str:
    """The same as an expression, for statements with parameters that are judged by it."""
    moment = _told.get()
    if moment is None:
        return NOW[connection.vendor]
    written = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    return f"TIMESTAMPTZ '{written}+00'" if connection.vendor == "postgresql" else f"'{written}'"


@contextmanager
def story_at(moment: datetime) -> Iterator[None]:
    """Tell of another moment: for invented communities and tests, never for requests or jobs."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)
