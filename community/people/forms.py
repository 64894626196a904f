"""Shapes of what people type about themselves and others."""

from django import forms
from django.utils.translation import gettext_lazy as _

from community.people.models import Organization


class DirectoryFilter(forms.Form):
    """The directory's filters; a wrong value is read as none."""

    SORTS = {"name": _("Name"), "new": _("Newest first")}

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    organization = forms.ModelChoiceField(
        label=_("Organization"),
        queryset=Organization.objects.all(),
        to_field_name="slug",
        required=False,
        empty_label=_("Any"),
    )
    claimed = forms.ChoiceField(
        label=_("Account"),
        required=False,
        choices=[("", _("Any")), ("yes", _("Signs in here")), ("no", _("Known from activity"))],
    )
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=list(SORTS.items()))
    bots = forms.BooleanField(label=_("Bots"), required=False, widget=forms.HiddenInput)
