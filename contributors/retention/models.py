"""Who drifts away, and what maintainers did about it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from community.people.models import Person
from community.projects.models import Project
from contributors.retention.querysets import DriftQuerySet, FollowUpQuerySet


class Drift(models.Model):
    """Somebody's fall below their own pattern, finished; derived, can be made anew."""

    class Reason(models.TextChoices):
        STOPPED = "stopped", _("Stopped")
        FELL = "fell", _("Does much less")

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="drift")
    since = models.DateField()  # the first day of the first quiet month
    usual = models.FloatField()  # contributions a month
    recent = models.FloatField()
    reason = models.CharField(max_length=8, choices=Reason.choices)
    months_from = models.DateField()
    months = models.JSONField(default=list)  # contributions of each whole month from then on
    # What the person did most of in the twelve months before, as `finding.Area` has it.
    areas = models.JSONField(default=list)
    repositories = models.JSONField(default=list)  # ids of all they worked in then
    known_until = models.DateField()
    version = models.PositiveSmallIntegerField()

    objects = DriftQuerySet.as_manager()

    class Meta:
        verbose_name = _("person who drifts away")
        verbose_name_plural = _("people who drift away")

    def __str__(self) -> str:
        return f"{self.person_id} since {self.since}"


class FollowUp(models.Model):
    """Something a maintainer did about a quiet person, and whether they came back.

    It belongs to a project, or to the community where no project is named.
    """

    class Kind(models.TextChoices):
        NOTE = "note", _("Note")
        CONTACT = "contact", _("Contact assigned")
        SNOOZE = "snooze", _("Snoozed")
        CLOSE = "close", pgettext_lazy("case", "Closed")

    class Outcome(models.TextChoices):
        PENDING = "pending", _("Not yet")
        RETURNED = "returned", _("Returned")
        CLOSED = "closed", pgettext_lazy("case", "Closed")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="follow_ups")
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.CASCADE, related_name="follow_ups"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    text = models.TextField(blank=True, max_length=2000)
    contact = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    until = models.DateField(null=True, blank=True)
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    # So many contributions within 30 days are a return.
    wanted = models.PositiveIntegerField(default=1)
    outcome = models.CharField(
        max_length=8, choices=Outcome.choices, default=Outcome.PENDING, editable=False
    )
    outcome_on = models.DateField(null=True, editable=False)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["outcome", "outcome_on"], name="follow_up_outcome")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="pending") ^ Q(outcome_on__isnull=False),
                name="follow_up_outcome_has_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(kind="snooze") | Q(until__isnull=False), name="follow_up_snooze_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} about {self.person_id}"

    @property
    def days_until_return(self) -> int | None:
        """How many days after it the person was back; None while they are not."""
        if self.outcome != self.Outcome.RETURNED or self.outcome_on is None:
            return None
        return (self.outcome_on - self.at.date()).days
