"""Who wants digests by mail, and the one mail that each gets about a period."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from community.people.models import Person
from community.projects.models import Project
from contributors.digests.editions import Edition, Length
from contributors.digests.querysets import MailingQuerySet, SubscriptionQuerySet


class Subscription(models.Model):
    """A maintainer's wish for the digests of a project; nobody has one who did not ask."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    length = models.CharField(max_length=5, choices=Length.choices)
    since = models.DateTimeField()
    # Ids of people merged away whose wish it was, the last one at the end.
    moved_from = models.JSONField(default=list, editable=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription to digests")
        verbose_name_plural = _("subscriptions to digests")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "project", "length"], name="digest_subscription_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.length} of {self.project_id} for {self.person_id}"


class Mailing(models.Model):
    """The one mail about a period of a project to one person, whatever came of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        NOTHING = "nothing", _("Nothing to say")
        WITHHELD = "withheld", _("No longer wanted")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    length = models.CharField(max_length=5, choices=Length.choices)
    starts_on = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    planned_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, editable=False)

    objects = MailingQuerySet.as_manager()

    class Meta:
        verbose_name = _("digest by mail")
        verbose_name_plural = _("digests by mail")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "project", "length", "starts_on"], name="digest_mailed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition.name} of {self.project_id} for {self.person_id}"

    @property
    def edition(self) -> Edition:
        return Edition(Length(self.length), self.starts_on)
