"""What wants attention: finished counts of reviews, and when each reader was last here."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.people.models import Person
from community.projects.models import Project, Repository
from contributors.attention.querysets import ReviewStateQuerySet


class ReviewState(models.Model):
    """Who reviewed how much in a repository lately; derived, can be made anew."""

    repository = models.OneToOneField(
        Repository, on_delete=models.CASCADE, related_name="review_state"
    )
    # [person, reviews, change requests reviewed] each, bots and own change requests left out.
    reviewers = models.JSONField(default=list)
    opened = models.PositiveIntegerField()  # change requests opened by people in that time
    open_requests = models.PositiveIntegerField()  # of people, drafts left out
    unreviewed = models.PositiveIntegerField()  # of those, without a review by somebody else
    # Those without a review, the oldest first: when each was opened and its id.
    oldest = models.JSONField(default=list)
    until = models.DateTimeField()

    objects = ReviewStateQuerySet.as_manager()

    class Meta:
        verbose_name = _("state of reviews")
        verbose_name_plural = _("states of reviews")

    def __str__(self) -> str:
        return f"reviews of {self.repository_id}"


class Visit(models.Model):
    """When somebody was last on the front page or, with a project, on its dashboard.

    Views less than `rules.PAUSE` apart are one visit; noted at most once an hour.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="visits")
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.CASCADE, related_name="visits"
    )
    seen_at = models.DateTimeField()
    before_at = models.DateTimeField(null=True)  # the end of the visit before this one

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        constraints = [
            models.UniqueConstraint(fields=["person", "project"], name="visit_person_project"),
            models.UniqueConstraint(
                fields=["person"], name="visit_person_home", condition=Q(project=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.seen_at}"
