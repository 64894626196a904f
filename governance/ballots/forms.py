"""The form that takes a file of ballots."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.ballots.files import LARGEST_FILE, Counted, count_file, fraction
from governance.ballots.tally.unusable import Unusable
from governance.ballots.words import METHODS, UNRANKED, why_unusable

USUAL = ("", _("As this method usually does"))


class TallyForm(forms.Form):
    """Ballots, from a file or typed in, and the rules to count them by."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("BLT, ABIF, CSV with a column an option, or a Debian tally sheet; up to 2 MB."),
    )
    text = forms.CharField(
        label=_("Or the ballots themselves"),
        required=False,
        strip=False,
        max_length=200_000,
        widget=forms.Textarea(
            attrs={"rows": 5, "placeholder": "12:Ada>Grace=Linus\n7:Grace>Ada", "class": "code"}
        ),
        help_text=_("One line for equal ballots: how many, then the options from best to last."),
    )
    method = forms.ChoiceField(label=_("Method"), choices=METHODS, initial="schulze")
    seats = forms.IntegerField(
        label=_("Seats"),
        required=False,
        min_value=1,
        max_value=1_000,
        help_text=_("As the file says, else one."),
    )
    unranked = forms.ChoiceField(
        label=_("Options that a ballot does not rank"),
        required=False,
        choices=[USUAL, *UNRANKED],
        help_text=_("Asked by Schulze, ranked pairs and Condorcet with a default option."),
    )
    default = forms.CharField(
        label=_("Default option"),
        required=False,
        max_length=200,
        help_text=_("Condorcet with a default option only, for example “Further discussion”."),
    )
    quorum = forms.CharField(
        label=_("Quorum"),
        required=False,
        max_length=20,
        help_text=_("How many voters have to prefer an option to the default."),
    )
    seed = forms.CharField(
        label=_("Seed of the lot"),
        required=False,
        max_length=200,
        help_text=_("Breaks ties in a way that anybody can repeat. Without one a tie stays a tie."),
    )
    counted: Counted | None = None

    def clean_quorum(self) -> Any:
        said = self.cleaned_data["quorum"]
        if not said:
            return None
        try:
            return fraction(said)
        except ValueError:
            raise forms.ValidationError(_("Write a number, such as 46, 46.5 or 140/3.")) from None

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST_FILE:
            raise forms.ValidationError(_("This file is larger than 2 MB."))
        return file

    def clean(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        if self.errors:
            return said
        file, text = said.pop("file"), said.pop("text")
        if not file and not text.strip():
            raise forms.ValidationError(_("Choose a file or type some ballots."))
        content = file.read() if file else text.encode()
        method = said.pop("method")
        try:
            self.counted = count_file(content, method, said)
        except Unusable as refusal:
            raise forms.ValidationError(why_unusable(refusal), code=refusal.code) from None
        return self.cleaned_data
