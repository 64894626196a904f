"""Elections and votes: a frozen question, a box of sealed envelopes, and what came out of it."""

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community.people.models import Organization, Person
from governance.ballots.candidacy_querysets import CandidacyQuerySet, EndorsementQuerySet
from governance.ballots.querysets import ElectionQuerySet, EnvelopeQuerySet
from governance.rolls.models import Roll, Voter


class Election(models.Model):
    """A question put to a roll for a bounded time: people for seats, or a motion.

    `rules` say how it is counted, as `rulebook.py` reads them. Once frozen, the
    database refuses to change anything that the manifest says.
    """

    class Mode(models.TextChoices):
        SECRET = "secret", _("Secret: nobody learns who voted how")
        OPEN = "open", _("Open: names stand beside votes once it is closed")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        FROZEN = "frozen", _("Announced")
        CLOSED = "closed", _("Closed")
        COUNTED = "counted", _("Counted")
        PUBLISHED = "published", _("Published")
        CANCELED = "canceled", _("Canceled")

    class Publication(models.TextChoices):
        FULL = "full", _("Every ballot")
        PAIRS = "pairs", _("Comparisons by pairs and first preferences")
        TOTALS = "totals", _("Totals alone")

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(_("short name in addresses"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("what it is about"), blank=True, max_length=20_000)
    mode = models.CharField(_("secrecy"), max_length=6, choices=Mode.choices, default=Mode.SECRET)
    is_of_people = models.BooleanField(_("people stand for seats"), default=True)
    rules: "models.JSONField[Any, Any]" = models.JSONField()
    roll = models.ForeignKey(
        Roll, verbose_name=_("roll"), on_delete=models.PROTECT, related_name="elections"
    )
    state = models.CharField(
        max_length=9, choices=State.choices, default=State.DRAFT, editable=False
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    nominations_until = models.DateTimeField(_("nominations until"), null=True, blank=True)
    opens_at = models.DateTimeField(_("voting opens"))
    closes_at = models.DateTimeField(_("voting closes"))
    challenge_hours = models.PositiveSmallIntegerField(
        _("hours between the close and the count"), default=24
    )
    publication = models.CharField(
        _("what is published"),
        max_length=6,
        choices=Publication.choices,
        default=Publication.FULL,
    )
    lists_voters = models.BooleanField(_("publish who voted"), default=False)
    gives_receipts = models.BooleanField(_("give receipts"), default=True)
    # What will be known after the close only and decides a lot, in words.
    lot_source = models.CharField(_("what decides a lot"), max_length=300, blank=True)
    lot_value = models.CharField(max_length=300, blank=True, editable=False)
    endorsers = models.PositiveSmallIntegerField(_("endorsements a candidate needs"), default=0)
    endorsing_employers = models.PositiveSmallIntegerField(
        _("employers that they come from, at least"), default=0
    )
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    manifest = models.TextField(blank=True, editable=False)  # canonical JSON
    manifest_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    box_key = models.CharField(max_length=64, blank=True, editable=False)  # public, X25519
    box_size = models.PositiveIntegerField(default=0, editable=False)  # bytes of each content
    frozen_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    canceled_at = models.DateTimeField(null=True, editable=False)
    cancel_reason = models.CharField(max_length=500, blank=True, editable=False)
    box_root = models.CharField(max_length=64, blank=True, editable=False)  # Merkle root
    envelope_count = models.PositiveIntegerField(null=True, editable=False)
    invalid_count = models.PositiveIntegerField(null=True, editable=False)
    # [{"order": [keys], "reason": text}], how officers broke a tie.
    decisions: "models.JSONField[Any, Any]" = models.JSONField(default=list, editable=False)
    result: "models.JSONField[Any, Any]" = models.JSONField(null=True, editable=False)

    objects = ElectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("election")
        verbose_name_plural = _("elections")
        ordering = ["-closes_at", "-pk"]
        indexes = [models.Index(fields=["state", "closes_at"], name="election_state_close")]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")), name="election_opens_before_it_closes"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("ballots:detail", args=[self.slug])

    @property
    def is_secret(self) -> bool:
        return self.mode == self.Mode.SECRET

    @property
    def manifest_document(self) -> dict[str, Any]:
        """The manifest as it can be read; empty before the freeze."""
        found: dict[str, Any] = json.loads(self.manifest or "{}")
        return found

    @property
    def counts_from(self) -> datetime:
        """When the window for challenges is over."""
        return self.closes_at + timedelta(hours=self.challenge_hours)

    def is_open(self, at: datetime) -> bool:
        """Whether it takes ballots; a moment is enough, no task has to run."""
        return self.state == self.State.FROZEN and self.opens_at <= at < self.closes_at

    def is_over(self, at: datetime) -> bool:
        """Whether its time is up, closed by the task or not yet."""
        return self.state not in {self.State.DRAFT, self.State.CANCELED} and self.closes_at <= at


class Option(models.Model):
    """Something that ballots choose from; `key` names it in the manifest and in files."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="options")
    key = models.SlugField(_("short name"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("in more words"), blank=True, max_length=20_000)
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    employer = models.CharField(_("employer"), max_length=200, blank=True)  # when it was frozen

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["election", "key"], name="election_option_key")
        ]

    def __str__(self) -> str:
        return self.title


class Candidacy(models.Model):
    """Somebody proposed for a seat; on the ballot when frozen if accepted and endorsed enough."""

    class State(models.TextChoices):
        NOMINATED = "nominated", _("Nominated, not answered yet")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="candidacies")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="candidacies")
    state = models.CharField(max_length=9, choices=State.choices, default=State.NOMINATED)
    statement = models.TextField(_("statement"), blank=True, max_length=20_000)
    nominated_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    nominated_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = CandidacyQuerySet.as_manager()

    class Meta:
        verbose_name = _("candidacy")
        verbose_name_plural = _("candidacies")
        ordering = ["nominated_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["election", "person"], name="candidacy_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.election_id}"

    def get_absolute_url(self) -> str:
        return reverse("candidates:detail", args=[self.election.slug, self.person.handle])


class Endorsement(models.Model):
    """A voter who supports a candidacy, with the employer of that day."""

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="endorsements")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    employer = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    endorsed_at = models.DateTimeField()

    objects = EndorsementQuerySet.as_manager()

    class Meta:
        verbose_name = _("endorsement")
        verbose_name_plural = _("endorsements")
        constraints = [
            models.UniqueConstraint(fields=["candidacy", "person"], name="endorsement_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.candidacy_id}"


class Envelope(models.Model):
    """The sealed choice of one voter: whose it is, not what is in it, and no moment.

    Emptied when the box is opened: `content` is gone, the hash stays.
    """

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="envelopes")
    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="+")
    content = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)

    objects = EnvelopeQuerySet.as_manager()

    class Meta:
        verbose_name = _("envelope")
        verbose_name_plural = _("envelopes")
        constraints = [
            models.UniqueConstraint(fields=["election", "voter"], name="envelope_once_a_voter")
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class OpenVote(models.Model):
    """What somebody said where names stand beside votes: binding from the roll, else advice."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="open_votes")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    voter = models.ForeignKey(Voter, null=True, on_delete=models.PROTECT, related_name="+")
    marks = models.BinaryField()
    reason = models.CharField(_("reason"), max_length=2_000, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("open vote")
        verbose_name_plural = _("open votes")
        constraints = [
            models.UniqueConstraint(fields=["election", "person"], name="open_vote_once"),
            models.UniqueConstraint(fields=["election", "voter"], name="open_vote_once_a_voter"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.election_id}"


class Paper(models.Model):
    """A ballot out of the box: what it says, one byte an option, and nothing of whose it was.

    `tracker` is what its voter finds it by. There is no serial number and no moment.
    """

    tracker = models.CharField(primary_key=True, max_length=32)
    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="papers")
    marks = models.BinaryField()

    class Meta:
        verbose_name = _("ballot paper")
        verbose_name_plural = _("ballot papers")

    def __str__(self) -> str:
        return self.tracker


class Document(models.Model):
    """A file of the published folder, byte by byte as it was signed."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="documents")
    name = models.CharField(max_length=60)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("published file")
        verbose_name_plural = _("published files")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["election", "name"], name="election_document_name")
        ]

    def __str__(self) -> str:
        return self.name
