"""What a maintainer is asked about digests by mail."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contributors.digests.editions import Length


class WishForm(forms.Form):
    """Which digests to get; none ticked ends them."""

    week = forms.BooleanField(label=_("Every week"), required=False)
    month = forms.BooleanField(label=_("Every month"), required=False)

    @property
    def lengths(self) -> list[Length]:
        return [one for one in Length if self.cleaned_data[one.value]]
