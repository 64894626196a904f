"""Of which days a definition needs rows: from one day up to but not including another."""

from datetime import date, timedelta

from contributors.metrics.definitions.rows import Period
from contributors.metrics.definitions.staying import QUIET_DAYS


def itself(period: Period) -> tuple[date, date]:
    return period.start, period.end


def and_before(period: Period) -> tuple[date, date]:
    return period.before.start, period.end


def and_after(period: Period) -> tuple[date, date]:
    return period.start, period.end + timedelta(days=QUIET_DAYS)
