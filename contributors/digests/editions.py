"""Weeks and months that are over, each under a name that stays."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import models
from django.utils.translation import pgettext_lazy

from contributors.metrics.periods import Window, chosen_window, month_window
from contributors.metrics.questions import shifted
from contributors.metrics.steps import EARLIEST, LATEST

WEEK = re.compile(r"(?P<year>[0-9]{4})-W(?P<week>[0-9]{2})")
MONTH = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})")


class Length(models.TextChoices):
    """How long a period a digest is about."""

    WEEK = "week", pgettext_lazy("length of a period", "Week")
    MONTH = "month", pgettext_lazy("length of a period", "Month")


# How long after its end a period may still be told by mail: not a year of them after a pause.
TOLD_FOR = {Length.WEEK: timedelta(days=6), Length.MONTH: timedelta(days=14)}
# Sources are read every hour or so; what happened at the end is known by then.
SETTLES = timedelta(hours=6)
# What lacks is waited for so long; after that the mail says what lacks.
PATIENCE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Edition:
    """One ISO week or calendar month, in whole UTC days: [start, end)."""

    length: Length
    start: date

    @property
    def end(self) -> date:
        is_week = self.length == Length.WEEK
        return self.start + timedelta(days=7) if is_week else shifted(self.start, 1)

    @property
    def name(self) -> str:
        """As addresses have it: 2026-W12 or 2026-03."""
        if self.length == Length.MONTH:
            return f"{self.start:%Y-%m}"
        year, week, _day = self.start.isocalendar()
        return f"{year}-W{week:02}"

    @property
    def window(self) -> Window:
        if self.length == Length.MONTH:
            return month_window(self.start)
        return chosen_window(self.start, self.end)

    @property
    def before(self) -> "Edition":
        return edition_of(self.length, self.start - timedelta(days=1))

    @property
    def after(self) -> "Edition":
        return Edition(self.length, self.end)

    def is_over(self, day: date) -> bool:
        return self.end <= day

    def is_told_at(self, at: datetime) -> bool:
        """Whether it is over for long enough to be settled, and not for too long to be news."""
        return SETTLES <= self._passed(at) < TOLD_FOR[self.length]

    def may_lack(self, at: datetime) -> bool:
        """Whether what is not complete by now has been waited for."""
        return self._passed(at) >= PATIENCE

    def _passed(self, at: datetime) -> timedelta:
        return at - datetime.combine(self.end, time.min, UTC)


def edition_of(length: Length, day: date) -> Edition:
    """The one in which a day lies."""
    if length == Length.WEEK:
        return Edition(length, day - timedelta(days=day.weekday()))
    return Edition(length, day.replace(day=1))


def last_over(length: Length, day: date) -> Edition:
    """The last one that is over on a day."""
    return edition_of(length, day).before


def edition_named(name: str) -> Edition | None:
    """What a name in an address means; None where it means nothing."""
    try:
        if found := WEEK.fullmatch(name):
            start = date.fromisocalendar(int(found["year"]), int(found["week"]), 1)
            edition = Edition(Length.WEEK, start)
        elif found := MONTH.fullmatch(name):
            edition = Edition(Length.MONTH, date(int(found["year"]), int(found["month"]), 1))
        else:
            return None
    except ValueError:
        return None
    return edition if EARLIEST <= edition.start <= LATEST else None
