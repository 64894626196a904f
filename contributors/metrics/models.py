"""Finished figures, so that pages read numbers rather than count rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from community.projects.models import Repository


class Scope(models.TextChoices):
    """Whose figure it is."""

    COMMUNITY = "community", _("Community")
    PROJECT = "project", _("Project")
    REPOSITORY = "repository", _("Repository")
    PERSON = "person", _("Person")


class Measured(models.Model):
    """What a definition answered for one scope; derived, can be rebuilt."""

    Scope = Scope

    scope = models.CharField(max_length=12, choices=Scope.choices)
    scope_id = models.PositiveBigIntegerField(default=0)  # 0 for the community
    metric = models.CharField(max_length=60)
    value = models.FloatField(null=True)
    n = models.PositiveIntegerField(default=0)
    missing = models.FloatField(null=True)  # share of rows that lack what the metric needs
    completeness = models.FloatField(null=True)
    details = models.JSONField(default=dict)  # p15, p85, parts by kind, ...
    version = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True


class Figure(Measured):
    """One metric of one scope in one calendar month (UTC)."""

    month = models.DateField()  # its first day

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "scope_id", "month", "metric"], name="figure_scope_month_metric"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.scope_id} {self.metric} {self.month:%Y-%m}"


class RecentFigure(Measured):
    """One metric over the last 30, 90 or 365 days of what is known, and of the days before."""

    days = models.PositiveSmallIntegerField()
    ends_on = models.DateField()  # the day after the last one counted
    before = models.FloatField(null=True)  # the value of as many days before

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "scope_id", "days", "metric"], name="recent_scope_days_metric"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.scope_id} {self.metric} {self.days} days to {self.ends_on}"


class Reading(models.Model):
    """How far the figures of one repository follow its ledger."""

    repository = models.OneToOneField(Repository, on_delete=models.CASCADE, related_name="+")
    observed_until = models.DateTimeField(null=True)  # when the figures were last made
    stale_from = models.DateField(null=True)  # the earliest day that changed since
    refreshed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"figures of {self.repository_id}"
