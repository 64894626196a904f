"""Reads on the log, named as phrases; it can be added to, never changed."""

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, NoReturn, Self

from django.db import models

if TYPE_CHECKING:
    from community.audit.models import Event


class AppendOnly(Exception):
    """Somebody tried to change what is written in the log."""


class EventQuerySet(models.QuerySet["Event"]):
    def with_verb(self, verb: str) -> Self:
        """One verb such as `people.merged`, or all of one app such as `people`."""
        return self.filter(models.Q(verb=verb) | models.Q(verb__startswith=f"{verb}."))

    def by_handle(self, handle: str) -> Self:
        """Done by this person."""
        return self.filter(actor__handle__iexact=handle)

    def about(self, subject: models.Model | str) -> Self:
        """Done to this thing."""
        return self.filter(subject=subject_name(subject))

    def since(self, day: date) -> Self:
        """From the beginning of this day in UTC."""
        return self.filter(happened_at__gte=_midnight(day))

    def before(self, day: date) -> Self:
        """Up to but not including this day in UTC."""
        return self.filter(happened_at__lt=_midnight(day))

    def in_order(self) -> Self:
        """From the first event on."""
        return self.order_by("number", "pk")

    def update(self, **_: Any) -> NoReturn:
        raise AppendOnly("Events are never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly("Events are never deleted.")


def subject_name(subject: models.Model | str) -> str:
    """A stable name of what was acted on, such as `people.person:17`."""
    if isinstance(subject, str):
        return subject
    return f"{subject._meta.label_lower}:{subject.pk}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
