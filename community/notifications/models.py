"""What people were told, and what of it they want by mail."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.lib.refusals import SentenceField
from community.notifications.querysets import NoticeQuerySet, PreferenceQuerySet
from community.people.models import Person


class Notice(models.Model):
    """Something told to one person, once for each thing that it is about."""

    class Mail(models.TextChoices):
        NONE = "none", _("Not wanted")
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        WITHHELD = "withheld", _("No confirmed address")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=60)
    sentence = SentenceField()
    url = models.CharField(max_length=300)  # a path of this site
    key = models.CharField(max_length=120)  # what it is about, such as `ballot:7:opened`
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mail = models.CharField(max_length=8, choices=Mail.choices, default=Mail.NONE)
    mailed_at = models.DateTimeField(null=True, blank=True)
    # Ids of people merged away who were told it, the last one at the end.
    moved_from = models.JSONField(default=list, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="notice_told_once"),
        ]
        indexes = [
            models.Index(fields=["person", "-created_at", "-id"], name="notice_newest"),
            models.Index(fields=["person"], name="notice_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.key} for {self.person_id}"


class Preference(models.Model):
    """Whether somebody wants a group of topics by mail; a row only where they said so."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    group = models.CharField(max_length=40)
    is_mailed = models.BooleanField()

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("choice of mail")
        verbose_name_plural = _("choices of mail")
        constraints = [
            models.UniqueConstraint(fields=["person", "group"], name="notice_preference_once"),
        ]

    def __str__(self) -> str:
        return f"{self.group} for {self.person_id}"
