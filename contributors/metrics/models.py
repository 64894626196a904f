"""Finished figures, so that pages read numbers rather than count rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Figure(models.Model):
    """One metric of one scope in one calendar month (UTC); derived, can be rebuilt."""

    class Scope(models.TextChoices):
        COMMUNITY = "community", _("Community")
        PROJECT = "project", _("Project")
        REPOSITORY = "repository", _("Repository")
        PERSON = "person", _("Person")

    scope = models.CharField(max_length=12, choices=Scope.choices)
    scope_id = models.PositiveBigIntegerField(default=0)  # 0 for the community
    metric = models.CharField(max_length=60)
    month = models.DateField()  # its first day
    value = models.FloatField(null=True)
    n = models.PositiveIntegerField(default=0)
    missing = models.FloatField(null=True)  # share of rows that lack what the metric needs
    completeness = models.FloatField(null=True)
    details = models.JSONField(default=dict)  # p15, p85, parts by kind, ...
    version = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "scope_id", "metric", "month"], name="figure_scope_metric_month"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.scope_id} {self.metric} {self.month:%Y-%m}"
