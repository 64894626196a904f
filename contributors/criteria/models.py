"""Criteria by name, and every version that they ever had."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community.people.models import Person
from contributors.criteria.querysets import RuleQuerySet


class Rule(models.Model):
    """Criteria under one name, such as who may vote; what they ask is in the latest version."""

    slug = models.SlugField(_("short name in addresses"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=120)
    purpose = models.CharField(_("what it is for, in one sentence"), max_length=300, blank=True)
    created_at = models.DateTimeField()

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("criteria:detail", args=[self.slug])

    @property
    def latest(self) -> "RuleVersion":
        """The version in force; `with_versions` makes it cost no query."""
        versions: list[RuleVersion] = list(self.versions.all())
        return max(versions, key=lambda one: one.number)


class RuleVersion(models.Model):
    """What a rule asked from one moment on; the database refuses to change it."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    document: "models.JSONField[Any, Any]" = models.JSONField()
    sha256 = models.CharField(max_length=64)  # of the canonical text
    reason = models.CharField(_("why"), max_length=300, blank=True)
    created_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("version of a rule")
        verbose_name_plural = _("versions of rules")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="rule_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} v{self.number}"
