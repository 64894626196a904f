"""Which rows of the ledger a reader asked for, from the address of the page."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.people.models import Person
from community.people.visibility import may_see
from contributors.activity.models import Contribution, WorkItem
from contributors.activity.querysets import shown_to

Viewer = Person | AnonymousUser
MOMENTS = {"opened": "opened_at", "closed": "closed_at", "merged": "merged_at"}


@dataclass(frozen=True, slots=True)
class Choice:
    """The filters of a page of rows, read and checked."""

    project: str = ""
    repository: str = ""
    label: str = ""
    person: Person | None = None
    kind: str = ""
    state: str = ""
    start: date | None = None
    end: date | None = None
    bots: str = ""  # empty: people only; only: bots only; all: both
    by: str = "opened_at"
    waiting: bool = False
    nothing: bool = False  # a person was named who is not there or shows nothing
    viewer: Viewer | None = None  # leaves out what this reader may not know of

    @property
    def key(self) -> tuple[object, ...]:
        """What tells these filters of this reader from others."""
        person, viewer = self.person and self.person.pk, self.viewer and self.viewer.pk
        return (
            *(self.project, self.repository, person, self.kind, self.state, self.start, self.end),
            *(self.bots, self.by, self.waiting, self.nothing, viewer),
        )

    def place(self) -> Q:
        """In this project and this repository, by name or number."""
        found = Q(pk__in=[]) if self.nothing else Q()
        if self.viewer is not None:
            found &= shown_to(self.viewer)
        if self.project:
            found &= Q(repository__project__slug=self.project)
        if self.repository.isdecimal():
            found &= Q(repository=int(self.repository[:18]))
        elif self.repository:
            found &= Q(repository__name=self.repository)
        return found

    def kinds(self) -> Q:
        """Of this kind."""
        return Q(kind=self.kind) if self.kind else Q()

    def within(self, moment: str) -> Q:
        """In the half-open period [start, end) of UTC days."""
        found = Q()
        if self.start:
            found &= Q(**{f"{moment}__gte": datetime.combine(self.start, time.min, UTC)})
        if self.end:
            found &= Q(**{f"{moment}__lt": datetime.combine(self.end, time.min, UTC)})
        return found

    def days(self, day: str) -> Q:
        """The same period for a column of days."""
        start = Q(**{f"{day}__gte": self.start}) if self.start else Q()
        return start & (Q(**{f"{day}__lt": self.end}) if self.end else Q())

    def bots_apart(self, is_bot: str) -> Q:
        """People and unknown people, or bots; never mixed unless asked for."""
        if self.bots == "all":
            return Q()
        return Q(**{is_bot: True}) if self.bots == "only" else ~Q(**{is_bot: True})


class Filter(forms.Form):
    """Filters shared by both pages; a wrong value is read as none."""

    project = forms.CharField(required=False, max_length=80)
    repository = forms.CharField(required=False, max_length=255)
    bots = forms.ChoiceField(required=False, choices=[(one, one) for one in ("only", "all")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("from", _("From")), ("to", _("Before"))):
            self.fields[name] = forms.DateField(
                label=label,
                required=False,
                input_formats=["%Y-%m-%d"],
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )

    def choice(self, viewer: Viewer) -> Choice:
        """What was asked for, without what makes no sense or is not shown to the viewer."""
        self.is_valid()
        given = self.cleaned_data
        handle = given.get("person") or given.get("author") or ""
        person = Person.objects.filter(handle__iexact=handle).first() if handle else None
        return Choice(
            viewer=viewer,
            person=person,
            nothing=bool(handle) and not (person and may_see(viewer, person, "activity")),
            project=given.get("project", ""),
            repository=given.get("repository", ""),
            label=given.get("label", ""),
            kind=given.get("kind", ""),
            state=given.get("state", ""),
            start=given.get("from"),
            end=given.get("to"),
            bots=given.get("bots", ""),
            by=MOMENTS[given.get("by") or "opened"],
            waiting=bool(given.get("waiting")),
        )


class ContributionFilter(Filter):
    """Filters of the contributions."""

    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Any")), *Contribution.Kind.choices]
    )
    person = forms.CharField(label=_("Person"), required=False, max_length=60)


class WorkItemFilter(Filter):
    """Filters of the issues and change requests."""

    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Any")), *WorkItem.Kind.choices]
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Any")), *WorkItem.State.choices]
    )
    by = forms.ChoiceField(
        label=_("Period of"),
        required=False,
        choices=[("opened", _("opening")), ("closed", _("closing")), ("merged", _("merging"))],
    )
    label = forms.CharField(required=False, max_length=255)
    author = forms.CharField(label=_("Author"), required=False, max_length=60)
    person = forms.CharField(required=False, max_length=60)
    waiting = forms.BooleanField(label=_("Waits for an answer"), required=False)
