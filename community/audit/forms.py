"""Filters of the log."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from community.audit.querysets import EventQuerySet


class EventFilter(forms.Form):
    """Verb, actor, subject and a period of days, each of which may be left out."""

    verb = forms.CharField(label=_("Verb"), required=False, max_length=80)
    actor = forms.CharField(label=_("Actor"), required=False, max_length=40)
    subject = forms.CharField(label=_("Subject"), required=False, max_length=120)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, label in (("from", _("From")), ("to", _("Before"))):
            widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            self.fields[name] = forms.DateField(label=label, required=False, widget=widget)

    def narrow(self, events: EventQuerySet) -> EventQuerySet:
        """The events that fit; a filter that cannot be read leaves none."""
        if not self.is_valid():
            return events.none()
        if verb := self.cleaned_data["verb"]:
            events = events.with_verb(verb)
        if handle := self.cleaned_data["actor"].lstrip("@"):
            events = events.by_handle(handle)
        if subject := self.cleaned_data["subject"]:
            events = events.about(subject)
        return self._within(events, self.cleaned_data["from"], self.cleaned_data["to"])

    @staticmethod
    def _within(events: EventQuerySet, start: date | None, end: date | None) -> EventQuerySet:
        if start:
            events = events.since(start)
        if end:
            events = events.before(end)
        return events
