"""The ledger of counted acts, the work they touch, and how much of it we have."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.lib.refusals import SentenceField
from community.people.models import Identity
from community.projects.models import Repository
from contributors.activity.querysets import (
    CompletenessQuerySet,
    ContributionQuerySet,
    DayCountQuerySet,
    WaitingQuerySet,
    WorkItemQuerySet,
)


class WorkItem(models.Model):
    """An issue or a change request, with the times that durations need."""

    class Kind(models.TextChoices):
        ISSUE = "issue", _("Issue")
        CHANGE_REQUEST = "change_request", _("Change request")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        MERGED = "merged", _("Merged")

    repository = models.ForeignKey(
        Repository, on_delete=models.CASCADE, related_name="work_items", db_index=False
    )
    source = models.CharField(max_length=40)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    external_id = models.CharField(max_length=191)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=500)
    url = models.URLField(max_length=500, blank=True)
    author = models.ForeignKey(
        Identity, null=True, on_delete=models.PROTECT, related_name="work_items"
    )
    state = models.CharField(max_length=8, choices=State.choices)
    state_reason = models.CharField(max_length=40, blank=True)  # completed, not_planned, ...
    is_draft = models.BooleanField(default=False)
    labels = models.JSONField(default=list)
    milestone = models.CharField(max_length=255, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    merged_at = models.DateTimeField(null=True)
    # No index leads from a person to these: the ledger does, and each costs every change.
    closed_by = models.ForeignKey(
        Identity, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    updated_at = models.DateTimeField()  # the source's own clock
    # Derived from the ledger by `derive.py`, never written by adapters:
    first_response_at = models.DateTimeField(null=True)
    first_response_by = models.ForeignKey(
        Identity, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    last_reply_at = models.DateTimeField(null=True)
    last_reply_by = models.ForeignKey(
        Identity, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Derived by `unanswered.py`: the moment of the last word while an answer is waited for.
    waits_since = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)  # gone at the source: unknown, not zero

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue or change request")
        verbose_name_plural = _("issues and change requests")
        constraints = [
            models.UniqueConstraint(
                fields=["repository", "external_id", "kind"], name="work_item_external_id"
            )
        ]
        indexes = [
            models.Index(fields=["repository", "number"], name="work_item_number"),
            models.Index(fields=["state", "opened_at"], name="work_item_state"),
            models.Index(fields=["opened_at"], name="work_item_time"),
            models.Index(fields=["repository", "kind", "opened_at"], name="work_item_opened"),
            models.Index(fields=["repository", "kind", "closed_at"], name="work_item_closed"),
            models.Index(fields=["repository", "updated_at"], name="work_item_updated"),
            # All that is read of each open item to find what waits, so that no row is read.
            models.Index(
                fields=[
                    *("state", "repository", "opened_at", "last_reply_at", "last_reply_by"),
                    *("author", "is_draft", "deleted_at"),
                ],
                name="work_item_open",
                condition=Q(state="open", is_draft=False, deleted_at=None),
            ),
            models.Index(
                fields=["waits_since", "id"],
                name="work_item_waits",
                condition=Q(waits_since__isnull=False),
            ),
            models.Index(
                fields=["repository", "waits_since", "id"],
                name="work_item_waits_here",
                condition=Q(waits_since__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"


class Waiting(models.Model):
    """How many work items of a repository wait for an answer; no row: none ever did."""

    repository = models.OneToOneField(
        Repository, on_delete=models.CASCADE, primary_key=True, related_name="waiting"
    )
    count = models.PositiveIntegerField()

    objects = WaitingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.repository_id} {self.count}"


class Contribution(models.Model):
    """One counted act of one identity, with where we know it from."""

    class Kind(models.TextChoices):
        COMMIT = "commit", _("Commit")
        CO_AUTHORED = "co_authored", _("Co-authored commit")
        COMMITTED = "committed", _("Commit applied for somebody")
        SIGNED_OFF = "signed_off", _("Sign-off")
        ISSUE = "issue", _("Issue opened")
        ISSUE_COMMENT = "issue_comment", _("Comment")
        CHANGE_REQUEST = "change_request", _("Change request opened")
        REVIEW = "review", _("Review")
        REVIEW_COMMENT = "review_comment", _("Review comment")
        RELEASE = "release", _("Release")

    repository = models.ForeignKey(
        Repository, on_delete=models.CASCADE, related_name="contributions", db_index=False
    )
    source = models.CharField(max_length=40)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    external_id = models.CharField(max_length=191)
    # Null: the source itself no longer knows who it was ("ghost").
    identity = models.ForeignKey(
        Identity, null=True, on_delete=models.PROTECT, related_name="contributions", db_index=False
    )
    work_item = models.ForeignKey(
        WorkItem,
        null=True,
        on_delete=models.SET_NULL,
        related_name="contributions",
        db_index=False,
    )
    # The number as the source gave it: links the row when its work item comes later.
    work_item_number = models.PositiveIntegerField(null=True)
    occurred_at = models.DateTimeField()
    zone_minutes = models.SmallIntegerField(null=True)  # offset from UTC as the author wrote it
    title = models.CharField(max_length=300, blank=True)
    url = models.URLField(max_length=500, blank=True)
    outcome = models.CharField(max_length=40, blank=True)  # approved, changes_requested, ...
    is_merge = models.BooleanField(default=False)
    lines_added = models.PositiveIntegerField(null=True)
    lines_removed = models.PositiveIntegerField(null=True)
    updated_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    objects = ContributionQuerySet.as_manager()

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        constraints = [
            # By repository: the same commit in a fork is a row of each.
            models.UniqueConstraint(
                fields=["repository", "external_id", "kind"], name="contribution_external_id"
            )
        ]
        # The composite indexes begin with the foreign keys, so these carry none of their own.
        indexes = [
            models.Index(fields=["occurred_at"], name="contribution_time"),
            models.Index(fields=["repository", "occurred_at"], name="contribution_repo_time"),
            models.Index(fields=["identity", "occurred_at"], name="contribution_identity_time"),
            models.Index(
                fields=["work_item", "occurred_at"],
                name="contribution_item_time",
                condition=Q(work_item__isnull=False),
            ),
            # Few among very many, and charts mark them.
            models.Index(
                fields=["kind", "occurred_at"],
                name="contribution_release",
                condition=Q(kind="release", deleted_at=None),
            ),
            models.Index(
                fields=["repository", "work_item_number"],
                name="contribution_unlinked",
                condition=Q(work_item__isnull=True, work_item_number__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id}"


class Tombstone(models.Model):
    """A deletion that arrived before the row it deletes; `ingest` applies it."""

    repository = models.ForeignKey(
        Repository, on_delete=models.CASCADE, related_name="tombstones", db_index=False
    )
    kind = models.CharField(max_length=16)
    external_id = models.CharField(max_length=191)
    deleted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["repository", "external_id", "kind"], name="tombstone_external_id"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id}"


class Unsettled(models.Model):
    """What batches touched that nothing was derived from yet; written together with their rows."""

    repository = models.ForeignKey(Repository, on_delete=models.CASCADE, related_name="+")
    touched = models.JSONField()  # as `settle.Touched`

    def __str__(self) -> str:
        return f"{self.repository_id} unsettled"


class DayCount(models.Model):
    """How often one identity did one kind of thing in one repository on one UTC day."""

    repository = models.ForeignKey(
        Repository, on_delete=models.CASCADE, related_name="day_counts", db_index=False
    )
    day = models.DateField()
    identity = models.ForeignKey(
        Identity, null=True, on_delete=models.CASCADE, related_name="day_counts", db_index=False
    )
    kind = models.CharField(max_length=16, choices=Contribution.Kind.choices)
    count = models.PositiveIntegerField()
    lines_added = models.PositiveBigIntegerField(default=0)
    lines_removed = models.PositiveBigIntegerField(default=0)

    objects = DayCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("daily count")
        verbose_name_plural = _("daily counts")
        indexes = [
            models.Index(fields=["repository", "day"], name="day_count_repo_day"),
            models.Index(fields=["identity", "day"], name="day_count_identity_day"),
        ]

    def __str__(self) -> str:
        return f"{self.repository_id} {self.day} {self.kind} {self.count}"


HOW = {
    "listed": _("listed by the source"),
    "counted": _("counted by the source for each item"),
    "numbered": _("the sequence of numbers"),
    "walked": _("counted while its list was read"),
    "history": _("the history of the repository"),
    "recorded": _("what was recorded for the day"),
    "deliveries": _("the notices the source sent"),
}
PART_KINDS = {**dict(Contribution.Kind.choices), "delivery": _("Notices of the source")}


class Completeness(models.Model):
    """What a source should have given for one repository and day, and what we received."""

    repository = models.ForeignKey(
        Repository, on_delete=models.CASCADE, related_name="completeness", db_index=False
    )
    day = models.DateField()
    expected = models.PositiveIntegerField()
    received = models.PositiveIntegerField()
    # By kind: [expected, received, how that is known, numbers that lack something].
    parts = models.JSONField(default=dict)
    reason = SentenceField()
    checked_at = models.DateTimeField()

    objects = CompletenessQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["repository", "day"], name="completeness_repo_day"),
            models.CheckConstraint(
                condition=Q(received__lte=F("expected")), name="completeness_received_at_most_all"
            ),
        ]
        # A period is added up from the index alone, however many years there are.
        indexes = [
            models.Index(
                fields=["day", "repository", "expected", "received"], name="completeness_by_day"
            ),
            # And mostly nothing lacks.
            models.Index(
                fields=["day", "repository"],
                name="completeness_lacking",
                condition=Q(received__lt=F("expected")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.repository_id} {self.day} {self.received}/{self.expected}"
