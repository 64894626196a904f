"""The log of who did what: append-only, each row sealed by the hash of the one before."""

from django.conf import settings
from django.db import models


class Event(models.Model):
    """Something a person or the system did, in the transaction in which it was done."""

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

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.number} {self.verb} {self.subject}"
