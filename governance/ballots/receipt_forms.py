"""The form that takes a receipt."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.ballots.folder.building import bytes_of_receipt, tracker_of
from governance.ballots.models import Election, Paper
from governance.ballots.papers_said import Said, said_of
from governance.ballots.rulebook import choice_of, rulebook_of


class ReceiptForm(forms.Form):
    """A receipt as its voter noted it, and the ballot that it stands for."""

    code = forms.CharField(
        label=gettext_lazy("Your receipt"),
        max_length=60,
        help_text=gettext_lazy("26 letters and digits; spaces and dashes do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def __init__(self, data: Any, *, election: Election) -> None:
        super().__init__(data)
        self.election, self.tracker = election, ""

    def clean_code(self) -> str:
        try:
            r = bytes_of_receipt(self.cleaned_data["code"])
        except ValueError:
            raise forms.ValidationError(
                _("This is no receipt: it has 26 letters and digits, the first one from 0 to 7.")
            ) from None
        self.tracker = tracker_of(str(self.election.uid), r)
        return ""

    def said(self) -> Said | None:
        """The published ballot; None where there is none of this receipt."""
        papers = Paper.objects.filter(election=self.election, election__published_at__isnull=False)
        paper = papers.filter(tracker=self.tracker).first()
        if paper is None:
            return None
        rulebook = rulebook_of(self.election.rules)
        options = list(self.election.options.all())
        choice = choice_of(rulebook, [one.key for one in options], bytes(paper.marks))
        return said_of(rulebook, options, choice)
