"""Keys with which programs act for a person."""

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from community.people.models import Person


def hash_of(secret: str) -> str:
    """SHA-256: enough for a secret of 256 random bits, and quick on every request."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable_at(self, moment: datetime) -> Self:
        """Neither run out nor revoked, of a person who may still sign in."""
        return self.filter(
            revoked_at=None,
            expires_at__gt=moment,
            person__is_active=True,
            person__merged_into=None,
            person__erased_at=None,
        )

    def of(self, person: "Person") -> Self:
        """This person's, the newest first."""
        return self.filter(person=person).order_by("-created_at", "-pk")


class ApiToken(models.Model):
    """Lets a program act for a person within its scopes; only a hash of the secret is kept."""

    class Scope(models.TextChoices):
        READ = "read", _("Read what I may see")
        WRITE = "write", _("Change what I may change")
        SYNC = "admin:sync", _("Start syncs of repositories")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    label = models.CharField(_("what it is for"), max_length=80)
    prefix = models.CharField(max_length=16, unique=True)  # shown, so that it can be recognized
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(_("scopes"), default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            models.CheckConstraint(
                condition=Q(created_at__lt=F("expires_at")), name="token_made_before_it_ends"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}…"

    def scope_labels(self) -> list[str]:
        """What it may do, in words."""
        return [str(self.Scope(scope).label) for scope in self.scopes]

    def is_usable(self, at: datetime) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and at < self.expires_at
