"""What officers fill in while an election runs."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class LotForm(forms.Form):
    """The value that decides a lot."""

    value = forms.CharField(
        label=_("The value that was announced"),
        max_length=300,
        help_text=_("Said once, before the box is opened. Everybody can repeat the lot with it."),
    )


class CancelForm(forms.Form):
    """Why an election is called off."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("Everybody will read it.")
    )


class TieForm(forms.Form):
    """An order of tied options, with the reason."""

    order = forms.CharField(
        label=_("Order, the first one first"),
        max_length=2_000,
        help_text=_("The short names, separated by commas."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody will read it."),
    )

    def keys(self) -> list[str]:
        """The short names in the order typed."""
        return [one.strip() for one in self.cleaned_data["order"].split(",") if one.strip()]


class TieForms:
    """A form for each open tie that matters."""

    def __init__(self, outcome: Mapping[str, Any], titles: Mapping[str, str]) -> None:
        ties = [
            one["options"]
            for one in outcome.get("ties", ())
            if one["broken_by"] is None and one["matters"]
        ]
        self.ties = [
            ([titles[key] for key in keys], TieForm(initial={"order": ", ".join(keys)}))
            for keys in ties
        ]
