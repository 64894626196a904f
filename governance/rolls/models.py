"""Electoral rolls: who may vote, found by criteria on a day, open to challenge, then sealed."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from community.people.models import Person
from contributors.criteria.models import RuleVersion
from governance.rolls.querysets import (
    OfficerQuerySet,
    RequestQuerySet,
    RollQuerySet,
    VoterQuerySet,
)


class Roll(models.Model):
    """Those who meet one version of a rule on one day, for one or more elections.

    A draft is computed anew as often as wanted; a published one is open to
    requests until `requests_until`; a sealed one changes by amendments alone.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published, open to requests")
        SEALED = "sealed", _("Sealed")

    slug = models.SlugField(_("short name in addresses"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=120)
    criteria = models.ForeignKey(
        RuleVersion, verbose_name=_("criteria"), on_delete=models.PROTECT, related_name="+"
    )
    on = models.DateField(_("reference day"))  # windows of the criteria end before it
    floor = models.PositiveSmallIntegerField(_("completeness it takes, in percent"), default=95)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    requests_until = models.DateTimeField(_("requests until"), null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)  # as it stands, if sealed
    # Why it was sealed though the data behind it was less complete than the floor.
    override = models.TextField(blank=True, editable=False)
    # How complete the data was then: share, expected and received, and a stored sentence.
    completeness: "models.JSONField[Any, Any]" = models.JSONField(null=True, editable=False)
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    computed_at = models.DateTimeField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    sealed_at = models.DateTimeField(null=True, editable=False)

    objects = RollQuerySet.as_manager()

    class Meta:
        verbose_name = _("electoral roll")
        verbose_name_plural = _("electoral rolls")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("rolls:detail", args=[self.slug])

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_sealed(self) -> bool:
        return self.state == self.State.SEALED

    def takes_requests(self, at: datetime) -> bool:
        """Whether anybody may ask for a change now."""
        until = self.requests_until
        return self.state == self.State.PUBLISHED and until is not None and at < until


class Officer(models.Model):
    """Somebody who answers for a roll and the elections that use it, or watches over them."""

    class Role(models.TextChoices):
        OFFICER = "officer", _("Election officer")
        OBSERVER = "observer", _("Observer")

    roll = models.ForeignKey(Roll, on_delete=models.CASCADE, related_name="officers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.OFFICER)

    objects = OfficerQuerySet.as_manager()

    class Meta:
        verbose_name = _("election officer")
        verbose_name_plural = _("election officers")
        constraints = [models.UniqueConstraint(fields=["roll", "person"], name="roll_officer_once")]

    def __str__(self) -> str:
        return f"{self.role} {self.person_id} of {self.roll_id}"


class Voter(models.Model):
    """One row of a roll.

    `uid` is the voter's numeric id at a provider, such as `github:583231`; `leaf` stands for the
    row in the salted list. Somebody who asks to be forgotten leaves the leaf alone behind.
    """

    class Origin(models.TextChoices):
        CRITERIA = "criteria", _("Meets the criteria")
        REQUEST = "request", _("Accepted request")
        AMENDMENT = "amendment", _("Amendment")

    roll = models.ForeignKey(Roll, on_delete=models.PROTECT, related_name="voters")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    uid = models.CharField(max_length=191, blank=True)
    salt = models.CharField(max_length=32, blank=True)
    leaf = models.CharField(max_length=64)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.CRITERIA)
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = VoterQuerySet.as_manager()

    class Meta:
        verbose_name = _("voter")
        verbose_name_plural = _("voters")
        constraints = [
            models.UniqueConstraint(fields=["roll", "person"], name="roll_voter_once"),
            models.UniqueConstraint(fields=["roll", "leaf"], name="roll_leaf_once"),
        ]

    def __str__(self) -> str:
        return f"{self.leaf[:12]} of {self.roll_id}"


class Request(models.Model):
    """That somebody be put on a published roll or taken off it, until officers decide.

    Who is concerned is for officers and for themselves; the public sees that
    there was one, and why it was decided as it was.
    """

    class Kind(models.TextChoices):
        INCLUDE = "include", _("To be put on the roll")
        EXCLUDE = "exclude", _("To take somebody off the roll")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("request", "Open")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    roll = models.ForeignKey(Roll, on_delete=models.PROTECT, related_name="requests")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    reason = models.TextField(_("why"), blank=True, max_length=5_000)
    evidence = models.URLField(_("evidence"), blank=True, max_length=500)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, editable=False)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request about a roll")
        verbose_name_plural = _("requests about rolls")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["roll", "person", "kind", "by"],
                condition=Q(state="open"),
                name="roll_request_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} on {self.roll_id}"

    def get_absolute_url(self) -> str:
        return reverse("rolls:request", args=[self.roll.slug, self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Decision(models.Model):
    """What one officer says of a request; two that agree decide it."""

    class Verdict(models.TextChoices):
        ACCEPT = "accept", _("Accept")
        DECLINE = "decline", _("Decline")

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="decisions")
    officer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=7, choices=Verdict.choices)
    reason = models.TextField(_("reason"), max_length=2_000)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("decision on a request")
        verbose_name_plural = _("decisions on requests")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "officer"], name="roll_decision_once")
        ]

    def __str__(self) -> str:
        return f"{self.verdict} of {self.request_id}"


class AmendmentKind(models.TextChoices):
    ADD = "add", _("Put somebody on the roll")
    REMOVE = "remove", _("Take somebody off the roll")


class Proposal(models.Model):
    """An amendment that one officer wants; it takes another one to make it."""

    class State(models.TextChoices):
        OPEN = "open", _("Waits for another officer")
        CONFIRMED = "confirmed", _("Confirmed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    roll = models.ForeignKey(Roll, on_delete=models.PROTECT, related_name="proposals")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("what to do"), max_length=6, choices=AmendmentKind.choices)
    reason = models.TextField(_("reason"), max_length=2_000)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("proposed amendment")
        verbose_name_plural = _("proposed amendments")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} on {self.roll_id}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Amendment(models.Model):
    """A row that came onto a sealed roll or went from it, by two officers and for a reason.

    `document` is what the site signed: canonical JSON that names nobody. Each
    leads from the hash before to the hash after; the database keeps them as they are.
    """

    roll = models.ForeignKey(Roll, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=6, choices=AmendmentKind.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    leaf = models.CharField(max_length=64)
    before = models.CharField(max_length=64)
    after = models.CharField(max_length=64)
    reason = models.TextField(max_length=2_000)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    document = models.TextField()
    signature = models.CharField(max_length=128)
    signer = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("amendment of a roll")
        verbose_name_plural = _("amendments of rolls")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["roll", "number"], name="roll_amendment_number")
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.roll_id}"
