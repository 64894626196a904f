"""Connections to the outside: whose token, which repositories, how each sync went."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.jobs.models import Job
from community.lib.refusals import SentenceField
from community.projects.models import Repository
from contributors.activity.standing import Weight
from integrations.connections.deliveries import Delivery, Hook, MissedDelivery
from integrations.connections.holders import is_gone
from integrations.connections.querysets import ConnectionQuerySet, SourceQuerySet, SyncRunQuerySet

__all__ = [
    "Connection",
    "Delivery",
    "ExpectedItem",
    "Hook",
    "MissedDelivery",
    "Source",
    "SyncRun",
]

STALE = timedelta(days=1)
PHASES = {
    "repository": _("Repository"),
    "overview": _("Overview"),
    "issues": _("Issues"),
    "change_requests": _("Change requests"),
    "issue_comments": _("Comments"),
    "reviews": _("Reviews"),
    "review_comments": _("Review comments"),
    "releases": _("Releases"),
    "commits": _("Commits"),
    "authors": _("Authors of commits"),
    "comparing": _("Comparing"),
    "gone": _("Gone"),
    "done": _("Done"),
}


class Connection(models.Model):
    """A door to one provider, for as many repositories as its credentials open."""

    provider = models.CharField(max_length=40)
    label = models.CharField(_("label"), max_length=120)
    api_url = models.URLField(_("API address"), blank=True, max_length=500)
    sealed_hook_secret = models.TextField(blank=True, editable=False)
    # Still taken for a day after a new one was made, so that nothing is lost meanwhile.
    sealed_former_hook_secret = models.TextField(blank=True, editable=False)
    former_hook_secret_until = models.DateTimeField(null=True, editable=False)
    # An app has a webhook of its own beside those of single repositories.
    sealed_app_hook_secret = models.TextField(blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()

    objects = ConnectionQuerySet.as_manager()

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("connections:access", args=[self.pk])


class Credential(models.Model):
    """One token, or one installation of an app, with its secret encrypted at rest."""

    class Kind(models.TextChoices):
        TOKEN = "token", _("Token")
        APP = "app", _("App")

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="credentials")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    label = models.CharField(_("label"), max_length=120, blank=True)
    sealed_secret = models.TextField(editable=False)  # the token, or the app's private key
    ending = models.CharField(max_length=4, blank=True, editable=False)  # of a token
    app_id = models.CharField(max_length=40, blank=True)
    installation_id = models.CharField(max_length=40, blank=True)  # empty: not installed yet
    account = models.CharField(max_length=120, blank=True)  # the login it acts for
    mark = models.CharField(max_length=12, editable=False)  # as `Key.mark`
    budgets = models.JSONField(default=dict, editable=False)  # {"rest": {"remaining": ...}, ...}
    problem = SentenceField(editable=False)  # why it opens nothing
    last_used_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "mark"], name="credential_once")
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        ending = f" …{self.ending}" if self.ending else ""
        return self.label or self.account or f"{self.get_kind_display()}{ending}"

    @property
    def is_complete(self) -> bool:
        """Whether it opens anything: an app does so where it is installed."""
        return self.kind == self.Kind.TOKEN or bool(self.installation_id)

    def serves(self, location: str) -> bool:
        """Whether it can open a repository at this place: an app opens those of its account."""
        owner = location.partition("/")[0].casefold()
        is_near = self.kind == self.Kind.TOKEN or self.account.casefold() in {"", owner}
        return self.is_complete and is_near


class Source(models.Model):
    """One repository kept in step through a connection; the cursor moves with each page."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")

    repository = models.OneToOneField(Repository, on_delete=models.CASCADE, related_name="source")
    connection = models.ForeignKey(
        Connection, null=True, on_delete=models.SET_NULL, related_name="sources"
    )
    connector = models.CharField(max_length=40)  # github, git
    # owner/name, path or address; not unique: a name may pass from one repository to another.
    location = models.CharField(max_length=500)
    options = models.JSONField(default=dict)
    cursor = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)  # what the source says of itself: labels, milestones
    budget = models.JSONField(default=dict)  # {"remaining": 4900, "limit": 5000, "resets_at": ...}
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    problem = SentenceField()  # why the last run stopped
    synced_at = models.DateTimeField(null=True)
    relisted_at = models.DateTimeField(null=True)  # when everything was last read to its end
    due_at = models.DateTimeField(null=True)  # when the next run is wanted
    weighed_at = models.DateTimeField(null=True)  # completeness; null: something came since
    unfinished = models.JSONField(default=list)  # phases whose reading had not come to its end
    created_at = models.DateTimeField()

    objects = SourceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.connector} {self.location}"

    def get_absolute_url(self) -> str:
        return reverse("connections:source", args=[self.pk])

    @property
    def completeness(self) -> float | None:
        """Share received, of a row read `with_standing`; None where nothing is expected yet."""
        expected, received = getattr(self, "expected", None), getattr(self, "received", None)
        share = Weight(expected or 0, received or 0, self.synced_at is not None).share
        is_open = share is not None and self.is_open_at(timezone.now())
        return min(share or 0, 0.9999) if is_open else share

    def is_open_at(self, moment: datetime) -> bool:
        """Whether something may lack whose number nobody knows; `standing` says what."""
        is_stale = self.synced_at is None or moment - self.synced_at > STALE
        return bool(is_stale or self.problem or self.unfinished or self.state != self.State.ACTIVE)

    def parked_until(self, moment: datetime) -> datetime | None:
        """When the source may be asked again, if its last run ended in a limit."""
        last = self.runs.first()
        until = last.resumes_at if last and last.state == SyncRun.State.WAITING else None
        return until if until is not None and until > moment else None

    def is_running_at(self, moment: datetime) -> bool:
        """Whether a run is heard of lately and its process is not known to be gone."""
        holders = self.runs.alive_at(moment).values_list("holder", flat=True)
        return any(not is_gone(holder) for holder in holders)

    def has_waiting_job(self) -> bool:
        """Whether a run has been asked for that no worker has begun."""
        asked = Job.objects.filter(task="connections.sync", arguments__source_id=self.pk)
        return asked.filter(state__in=[Job.State.WAITING, Job.State.RUNNING]).exists()


class Disconnection(models.Model):
    """A repository that was read once and is not any more."""

    repository = models.OneToOneField(Repository, on_delete=models.CASCADE, related_name="+")
    synced_at = models.DateTimeField(null=True)  # when it was last read to its end
    happened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.repository_id} since {self.happened_at:%Y-%m-%d}"


class SyncRun(models.Model):
    """One run over one source: how far it came, what it cost, why it stopped."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        WAITING = "waiting", _("Waiting")  # out of budget until `resumes_at`
        PAUSED = "paused", _("Paused")
        FAILED = "failed", _("Failed")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    is_full = models.BooleanField(default=False)
    counts = models.JSONField(default=dict)
    requests = models.JSONField(default=dict)
    phase = models.CharField(max_length=60, blank=True)
    progress = models.JSONField(default=dict)  # {"done": 300, "total": 2000}
    error = SentenceField()
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()  # its last page; a run silent for long is dead
    finished_at = models.DateTimeField(null=True)
    resumes_at = models.DateTimeField(null=True)
    holder = models.CharField(max_length=300, blank=True)  # the process it lives in, if known

    objects = SyncRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def share(self) -> float | None:
        """How far the phase under way is; None where the end is not known."""
        total = self.progress.get("total")
        return min(1.0, self.progress["done"] / total) if total else None

    @property
    def phase_name(self) -> str:
        """What is being read, in words."""
        return str(PHASES.get(self.phase, self.phase))

    @property
    def counted(self) -> list[tuple[str, int]]:
        """What came, in words and numbers."""
        return [(str(PHASES.get(name, name)), count) for name, count in self.counts.items()]


class ExpectedItem(models.Model):
    """What a source says belongs to one issue or change request, to compare with what came."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="expected_items")
    number = models.PositiveIntegerField()
    opened_on = models.DateField()
    comments = models.PositiveIntegerField(null=True)  # null: the source has not said
    reviews = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="expected_item_number")
        ]

    def __str__(self) -> str:
        return f"{self.source} #{self.number}"


class Departure(models.Model):
    """A thing that a delivery told gone, and that a list may have counted when it was looked at."""

    source = models.ForeignKey(
        Source, on_delete=models.CASCADE, related_name="departures", db_index=False
    )
    phase = models.CharField(max_length=40)  # the list, as in `Page.phase`
    external_id = models.CharField(max_length=191)
    made_at = models.DateTimeField()  # since when it was on the list
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "phase", "external_id"], name="departure_external_id"
            )
        ]

    def __str__(self) -> str:
        return f"{self.phase} {self.external_id} of {self.source_id}"
