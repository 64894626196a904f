"""People, the identities their deeds hang on, and whom they work for."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.people.querysets import (
    AffiliationQuerySet,
    IdentityQuerySet,
    LeaveQuerySet,
    OrganizationQuerySet,
    PersonQuerySet,
)
from community.people.spans import overlap

HANDLE = RegexValidator(
    r"^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,37}[A-Za-z0-9])?$",
    _("Use letters, digits, dots, dashes and underscores; begin and end with a letter or digit."),
)


class People(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Finds people by handle in any letter case, as sign-in needs it."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        found: Person = self.get(handle__iexact=username)
        return found

    def create_superuser(self, handle: str, password: str | None = None, **more: Any) -> "Person":
        rights = {"is_staff": True, "is_superuser": True, "claimed_at": timezone.now()}
        person: Person = self.model(handle=handle, **{**rights, **more})
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, PermissionsMixin):
    """Anybody: with an account, or known only from activity (no usable password)."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Everyone")
        MEMBERS = "members", _("Signed-in people")
        HIDDEN = "hidden", _("Only me and maintainers")

    class Suspension(models.TextChoices):
        CONDUCT = "conduct", _("Broke the code of conduct")
        SPAM = "spam", _("Spam")
        STOLEN = "stolen", _("The account may be in other hands")
        ASKED = "asked", _("They asked for it")

    handle = models.CharField(_("handle"), max_length=39, unique=True, validators=[HANDLE])
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    bio = models.TextField(_("about me"), blank=True, max_length=2000)
    website = models.URLField(_("website"), blank=True)
    location = models.CharField(_("place"), max_length=100, blank=True)
    languages = models.JSONField(_("languages I speak"), default=list, blank=True)
    interface_language = models.CharField(
        _("language of the site"), max_length=10, blank=True, choices=settings.LANGUAGES
    )
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    avatar = models.ImageField(upload_to="avatars/", blank=True)
    # Section of the profile -> who sees it; a section that is missing is public.
    visibility = models.JSONField(default=dict, blank=True)
    is_bot = models.BooleanField(_("is a bot"), default=False)
    bot_reason = models.CharField(max_length=20, blank=True)  # a value of `bots.Reason`
    # What `search.search_text` makes of handle, name and logins; empty: not indexed yet.
    search_text = models.TextField(blank=True, editable=False)
    is_active = models.BooleanField(default=True)
    suspended_for = models.CharField(
        max_length=12, blank=True, choices=Suspension.choices, editable=False
    )
    is_staff = models.BooleanField(_("is a maintainer of this site"), default=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    objects = People()
    USERNAME_FIELD = "handle"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("handle"), name="person_handle_any_case")]
        # Few are bots, and what they did is left out of nearly everything.
        indexes = [models.Index(fields=["id"], name="person_bots", condition=Q(is_bot=True))]

    def __str__(self) -> str:
        return self.name or self.handle

    def get_absolute_url(self) -> str:
        return reverse("people:profile", args=[self.handle])

    @property
    def is_claimed(self) -> bool:
        """Whether somebody signs in as this person."""
        return self.claimed_at is not None

    @property
    def is_reachable(self) -> bool:
        """Whether they can be told something: neither suspended, nor erased, nor merged away."""
        return self.is_active and self.erased_at is None and self.merged_into_id is None


class PastHandle(models.Model):
    """A handle that a person gave up; its address leads to the new one while nobody takes it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="past_handles")
    handle = models.CharField(max_length=39)
    given_up_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(Lower("handle"), name="past_handle_any_case")]

    def __str__(self) -> str:
        return self.handle


class BotLogin(models.Model):
    """A login that maintainers know to be a program, wherever it appears."""

    login = models.CharField(_("login"), max_length=255)
    note = models.CharField(_("what it does"), max_length=200, blank=True)

    class Meta:
        ordering = ["login"]
        constraints = [models.UniqueConstraint(Lower("login"), name="bot_login_any_case")]

    def __str__(self) -> str:
        return self.login


class Identity(models.Model):
    """Somebody as one source knows them; the login is a label that may change hands.

    `uid` is the provider's numeric id, or for `git` the keyed hash of the e-mail
    address. `person` is never null: moving it is how people are merged and split.
    An erased identity carries `hashing.tombstone(provider, uid)` instead of its uid:
    whoever recognizes actors looks for that too and writes nothing into such a row.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identities")
    provider = models.CharField(max_length=40)
    uid = models.CharField(max_length=191)
    login = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=255, blank=True)
    email_hash = models.CharField(max_length=64, blank=True, db_index=True)
    email_domain = models.CharField(max_length=255, blank=True)
    avatar_url = models.URLField(max_length=500, blank=True)
    avatar_checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_bot = models.BooleanField(default=False)
    first_seen_at = models.DateTimeField()
    # Kept where a mail domain may name an employer: the first UTC day of an act by it.
    first_act_on = models.DateField(null=True, blank=True, editable=False)
    verified_at = models.DateTimeField(null=True, blank=True)  # signed in with it here
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(fields=["provider", "uid"], name="identity_provider_uid")
        ]

    def __str__(self) -> str:
        return f"{self.provider}:{self.login or self.uid[:12]}"


class IdentityLogin(models.Model):
    """A login that an identity carried, and since when."""

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="logins")
    login = models.CharField(max_length=255)
    seen_from = models.DateTimeField()

    class Meta:
        ordering = ["seen_from"]

    def __str__(self) -> str:
        return self.login


class Organization(models.Model):
    """An employer, university or foundation."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        UNIVERSITY = "university", _("University")
        FOUNDATION = "foundation", _("Foundation")
        PUBLIC = "public", _("Public body")

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.COMPANY)
    website = models.URLField(_("website"), blank=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("people:organization", args=[self.slug])


class OrganizationDomain(models.Model):
    """A mail domain whose addresses belong to an organization."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253, unique=True)

    def __str__(self) -> str:
        return self.domain


class OrganizationAlias(models.Model):
    """Another name under which an organization is written."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.name


class Affiliation(models.Model):
    """Whom a person worked for, from one day up to but not including another.

    No organization means independent, which is a statement; no row at all
    means unknown.
    """

    class Source(models.TextChoices):
        PERSON = "person", _("stated by the person")
        MAINTAINER = "maintainer", _("entered by a maintainer")
        DOMAIN = "domain", _("from a mail domain")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="affiliations")
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="affiliations"
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    source = models.CharField(max_length=12, choices=Source.choices, default=Source.PERSON)

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        ordering = [F("starts_on").asc(nulls_first=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(starts_on__lt=F("ends_on")),
                name="affiliation_starts_before_it_ends",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} at {self.organization or 'independent'}"

    def overlaps(self, other: "Affiliation") -> bool:
        """Whether both hold on some day."""
        return overlap(self.starts_on, self.ends_on, other.starts_on, other.ends_on)


class Leave(models.Model):
    """Announced absence, from one day up to but not including another; None: nobody knows.

    The note is for the person and the maintainers of the site.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="leaves")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("back on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    announced_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leaves")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on__lt=F("ends_on")),
                name="leave_starts_before_it_ends",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} away from {self.starts_on}"


class Merge(models.Model):
    """What moved from one record to another, and whether it was undone.

    In a split, `kept` is the new record and `absorbed` the one that it was part of.
    """

    kept = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merges")
    absorbed = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absorptions")
    is_split = models.BooleanField(default=False)
    moved = models.JSONField(default=dict)  # table -> ids that moved
    reason = models.CharField(max_length=200, blank=True)
    merged_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    merged_at = models.DateTimeField()
    undone_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-merged_at"]

    def __str__(self) -> str:
        return f"{self.absorbed_id} into {self.kept_id}"


class Distinction(models.Model):
    """Two records that a maintainer found to be two people, so that nobody is asked again."""

    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="distinction_pair"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="distinction_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"


class AccessLink(models.Model):
    """A link that signs one person in once; only the hash of its secret is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="access_links")
    secret_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link for {self.person_id}"
