"""What providers push to us: each delivery as it came, by which hook, and what never came."""

import json
import zlib
from typing import Any
from urllib.parse import parse_qsl

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community.lib.refusals import SentenceField
from integrations.connections.querysets import DeliveryQuerySet, MissedDeliveryQuerySet


class Delivery(models.Model):
    """One delivery of a webhook; its id stays when its body has gone, so that a replay is known."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Applied")
        IGNORED = "ignored", _("Ignored")  # of a repository that is not connected, or is paused
        UNKNOWN = "unknown", _("Unknown event")
        FAILED = "failed", _("Failed")

    provider = models.CharField(max_length=40)
    delivery_id = models.CharField(max_length=100)
    event = models.CharField(max_length=60)
    action = models.CharField(max_length=60, blank=True)
    hook_id = models.CharField(max_length=40, blank=True)
    repository_external_id = models.CharField(max_length=191, blank=True)
    repository_name = models.CharField(max_length=255, blank=True)  # as it was called then
    headers = models.JSONField(default=dict)
    # The connections whose secret signed it; null: the secret of the whole site.
    signed_for = models.JSONField(null=True)
    packed_body = models.BinaryField(null=True)  # the exact bytes, compressed; null: dropped
    size = models.PositiveIntegerField()  # bytes as they came
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    problem = SentenceField()
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "delivery_id"], name="delivery_once")
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="delivery_newest"),
            models.Index(fields=["state", "-received_at"], name="delivery_state"),
            models.Index(fields=["event", "state"], name="delivery_event"),
            models.Index(
                fields=["repository_external_id", "-received_at"], name="delivery_repository"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.delivery_id}"

    def get_absolute_url(self) -> str:
        return reverse("connections:delivery", args=[self.pk])

    @property
    def body(self) -> bytes | None:
        """The bytes as they came; None once they were dropped."""
        return None if self.packed_body is None else zlib.decompress(self.packed_body)


class Hook(models.Model):
    """A webhook of a provider as its deliveries name it, and how far we compared its record."""

    provider = models.CharField(max_length=40)
    external_id = models.CharField(max_length=40)
    target = models.CharField(max_length=20, blank=True)  # repository, organization, integration
    target_id = models.CharField(max_length=40, blank=True)
    # Of the first delivery; an app's or an organization's hook serves many.
    repository_external_id = models.CharField(max_length=191, blank=True)
    first_seen_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)  # when the provider's record was last read
    checked_until = models.DateTimeField(null=True)  # deliveries sent before this were compared
    problem = SentenceField()  # why it cannot be compared

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "external_id"], name="hook_external_id")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.external_id}"


class MissedDelivery(models.Model):
    """A delivery that a provider says it sent and that had not arrived when we compared."""

    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="missed")
    delivery_id = models.CharField(max_length=100)
    number = models.BigIntegerField()  # the provider's own, by which it is sent again
    event = models.CharField(max_length=60)
    action = models.CharField(max_length=60, blank=True)
    repository_external_id = models.CharField(max_length=191, blank=True)
    sent_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)  # when we asked for it again

    objects = MissedDeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hook", "delivery_id"], name="missed_delivery_once")
        ]
        indexes = [
            models.Index(fields=["repository_external_id", "sent_at"], name="missed_repository")
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.delivery_id}"


def packed(body: bytes) -> bytes:
    """A body as it is stored."""
    return zlib.compress(body, 6)


def payload_of(delivery: Delivery) -> Any:
    """The payload of a body as it came, JSON or a form with JSON in it; None once dropped."""
    body = delivery.body
    if body is None:
        return None
    kind = str(delivery.headers.get("Content-Type", ""))
    return json.loads(unwrapped(body, kind))


def unwrapped(body: bytes, content_type: str) -> str:
    """The JSON text of a body: itself, or the field `payload` of a form. Raises ValueError."""
    text = body.decode("utf-8")
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        return text
    fields = parse_qsl(text, strict_parsing=True, max_num_fields=1, errors="strict")
    if [name for name, _value in fields] != ["payload"]:
        raise ValueError("A form has one field, payload.")
    return fields[0][1]
