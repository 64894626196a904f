"""The forms of candidates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.lib.text import storable
from community.people.models import Person
from community.people.profiles import find_person
from governance.ballots.candidacy_rules import LONGEST_STATEMENT


class NominateForm(forms.Form):
    """Whom to nominate, by handle."""

    handle = forms.CharField(label=_("Handle"), max_length=40)

    def clean_handle(self) -> Person:
        """Whoever has the account of this name."""
        said = storable(self.cleaned_data["handle"], 40).strip().removeprefix("@")
        person = find_person(said) if said else None
        if person is None or person.erased_at or person.is_bot:
            raise forms.ValidationError(_("Nobody here has this handle."))
        return person


class StatementForm(forms.Form):
    """Why somebody stands."""

    text = forms.CharField(
        label=_("Statement"),
        required=False,
        max_length=LONGEST_STATEMENT,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_("Who you are, what you did here and what you want to do; in Markdown."),
    )

    def clean_text(self) -> Any:
        """With one kind of line end."""
        return self.cleaned_data["text"].replace("\r\n", "\n").strip()
