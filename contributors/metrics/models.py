"""Finished figures, so that pages read numbers rather than count rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from community.people.models import Person
from community.projects.models import Repository


class Scope(models.TextChoices):
    """Whose figure it is."""

    COMMUNITY = "community", _("Community")
    PROJECT = "project", _("Project")
    REPOSITORY = "repository", _("Repository")
    PERSON = "person", _("Person")
    ORGANIZATION = "organization", _("Organization")
    LABEL = "label", _("Label")  # computed when asked for, stored nowhere


STORED = [(one.value, one.label) for one in Scope if one != Scope.LABEL]


class Measured(models.Model):
    """What a definition answered for one scope; derived, can be rebuilt."""

    Scope = Scope

    scope = models.CharField(max_length=12, choices=STORED)
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
    tracked_from = models.DateField(null=True)  # the first day of which anything is known
    observed_until = models.DateTimeField(null=True)  # the last moment, when figures were made
    # First days of the months that changed since, as text and in order.
    stale_months = models.JSONField(default=list)
    is_recent_stale = models.BooleanField(default=False)  # the figures of the last days lag
    refreshed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"figures of {self.repository_id}"


class Sheet(models.Model):
    """The ledger of one repository and month as plain columns, out of which figures are made.

    Derived, one for each month from the first to the last in which anything
    happened; `sheets.py` says what the texts hold. The numbers are sums of `days`.
    """

    repository = models.ForeignKey(
        Repository, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    month = models.DateField()  # its first day
    total = models.PositiveIntegerField(default=0)
    received = models.PositiveIntegerField(default=0)
    expected = models.PositiveIntegerField(default=0)
    days = models.TextField()
    people = models.TextField(default="[[],[],[]]")
    acts = models.TextField()
    items = models.TextField()
    standing = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["repository", "month"], name="sheet_repository_month")
        ]
        # All that is summed up of a month, so that no sheet is read for it.
        indexes = [
            models.Index(
                fields=["month", "repository", "total", "received", "expected"], name="sheet_sums"
            )
        ]

    def __str__(self) -> str:
        return f"{self.repository_id} {self.month:%Y-%m}"


class Beginning(models.Model):
    """The days on which a person first did things in a scope; derived, bots left out."""

    scope = models.CharField(max_length=12, choices=STORED)
    scope_id = models.PositiveBigIntegerField(default=0)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    first = models.DateField(null=True)  # anything
    joined = models.DateField(null=True)  # an issue, a comment or a review
    merged = models.DateField(null=True)  # a change request of theirs was merged
    closed = models.DateField(null=True)  # an issue
    requests = models.PositiveIntegerField(default=0)  # change requests in all

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "scope_id", "person"], name="beginning_scope_person"
            )
        ]
        indexes = [models.Index(fields=["person"], name="beginning_person")]

    def __str__(self) -> str:
        return f"{self.scope} {self.scope_id} {self.person_id}"
