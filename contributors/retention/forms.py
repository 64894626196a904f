"""Shapes of what maintainers do about somebody quiet."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from community.people.models import Person


class ActForm(forms.Form):
    """Something that can be done; `maintainers` are those who may be a contact."""

    verb = ""
    label = submit = _("Save")

    def __init__(self, *args: Any, maintainers: Sequence[Person], **more: Any) -> None:
        super().__init__(*args, **more)
        self.maintainers = {str(one.pk): one for one in maintainers}


class NoteForm(ActForm):
    """What was said or learned."""

    verb, label, submit = "note", _("Write a note"), _("Keep the note")

    text = forms.CharField(
        label=_("Note"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class ContactForm(ActForm):
    """Who is to get in touch."""

    verb, label, submit = "contact", _("Assign a contact"), _("Assign")

    contact = forms.ChoiceField(
        label=_("Maintainer"), help_text=_("Nothing is sent to anybody; agree with them.")
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [(key, str(one)) for key, one in self.maintainers.items()]
        self.fields["contact"].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined]

    def clean_contact(self) -> Person:
        """The maintainer whom the number means."""
        return self.maintainers[self.cleaned_data["contact"]]


class SnoozeForm(ActForm):
    """Until when to leave somebody alone."""

    verb, label, submit = "snooze", _("Snooze"), _("Snooze")

    until = forms.DateField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class CloseForm(ActForm):
    """That nobody is expected back."""

    verb, label, submit = "close", pgettext_lazy("case", "Close"), pgettext_lazy("case", "Close")

    text = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=2000,
        help_text=_("Listed again only when they return and become quiet anew."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


FORMS: tuple[type[ActForm], ...] = (NoteForm, ContactForm, SnoozeForm, CloseForm)
