"""The log of who did what: append-only, each row sealed by the hash of the one before."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models

from community.audit.chain import Head, moment_text, seal
from community.audit.querysets import AppendOnly, EventQuerySet
from community.lib.text import spelled_out


class Event(models.Model):
    """Something a person or the system did, in the transaction in which it was done.

    The table refuses UPDATE and DELETE by triggers. A migration that makes
    SQLite rebuild the table has to put them back (`community.audit.triggers`).
    """

    number = models.PositiveBigIntegerField(unique=True)
    verb = models.CharField(max_length=80)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    subject = models.CharField(max_length=120)
    facts = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "-number"], name="audit_subject"),
            models.Index(fields=["verb", "-number"], name="audit_verb"),
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.number} {self.verb} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("Events are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        raise AppendOnly("Events are never deleted.")

    @property
    def seal(self) -> str:
        """The hash that this row's content calls for."""
        return seal(
            previous_hash=self.previous_hash,
            number=self.number,
            verb=self.verb,
            actor_id=self.actor_id,
            subject=self.subject,
            facts=self.facts,
            happened_at=self.happened_at,
        )

    @property
    def shown_facts(self) -> list[tuple[str, str]]:
        """Names and values for people to read."""
        return spelled_out(self.facts)

    @property
    def head(self) -> Head:
        """The chain as it ended with this event."""
        return Head(self.number, self.hash, moment_text(self.happened_at))
