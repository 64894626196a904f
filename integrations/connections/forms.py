"""The forms of the way from a key to repositories that are read."""

import re
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from community.lib.refusals import Refused
from community.projects.models import Project
from integrations.connections.foresight import MOST
from integrations.connections.sealing import seal, unseal

LONGEST_KEY = 20_000


class KeepsSecret(forms.Form):
    """A form with one secret, which comes back to the browser only sealed.

    So an error elsewhere in the form does not lose it and no page ever shows it.
    """

    kept_field = ""
    sealed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, **more: Any) -> None:
        if data is not None and data.get(self.kept_field):
            typed, data = str(data[self.kept_field]).strip(), data.copy()
            data["sealed"], data[self.kept_field] = seal(typed[:LONGEST_KEY]), ""
        super().__init__(data, **more)
        if self.known_secret():
            self.fields[self.kept_field].required = False
            self.fields[self.kept_field].help_text = self.kept_words()

    def kept_words(self) -> Any:
        """What is said instead of showing the secret."""
        return _("What you typed is kept for this form; type to replace it.")

    def known_secret(self) -> str:
        """The secret typed now or before; empty when there is none that can be read."""
        try:
            return unseal(self.data.get("sealed", ""))
        except Refused:
            return ""


class TokenForm(KeepsSecret):
    """A token to put into the pool."""

    kept_field = "token"
    token = forms.CharField(
        label=_("Access token"),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "A fine-grained token with read access to issues, pull requests and contents is "
            "enough. Kept encrypted, shown to nobody."
        ),
    )
    label = forms.CharField(
        label=_("What to call it"),
        required=False,
        max_length=120,
        help_text=_("Such as whose it is. Left empty, it goes by its account."),
    )

    def kept_words(self) -> Any:
        """The last four characters tell one token from another."""
        words = _("A token ending in %(ending)s is kept for this form; type to replace it.")
        return words % {"ending": self.known_secret()[-4:]}


class AppForm(KeepsSecret):
    """An app that exists already."""

    kept_field = "private_key"
    app_id = forms.RegexField(
        r"^[0-9A-Za-z.]{1,40}$",
        label=_("App ID"),
        help_text=_("A number on the app's page at GitHub, under “About”."),
    )
    private_key = forms.CharField(
        label=_("Private key"),
        max_length=LONGEST_KEY,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("The whole .pem file. Kept encrypted, shown to nobody."),
    )
    hook_secret = forms.CharField(
        label=_("Secret of its webhook"),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("If the app has a webhook that points here. Kept encrypted, shown to nobody."),
    )


class ConnectForm(KeepsSecret):
    """A git repository anywhere, with or without a token."""

    kept_field = "token"
    location = forms.CharField(
        label=_("Repository"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocapitalize": "none"}),
        help_text=_("An https or ssh address."),
    )
    token = forms.CharField(
        label=_("Access token"),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Only where the repository is not open. Kept encrypted, shown to nobody."),
    )
    project = forms.ModelChoiceField(
        label=_("Project"),
        queryset=Project.objects.order_by("name"),
        to_field_name="slug",
        required=False,
        empty_label=_("A new project"),
    )
    slug = forms.CharField(
        label=_("Short name of the new project"),
        required=False,
        max_length=80,
        help_text=_("As it will stand in addresses: lower-case letters, digits and dashes."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "check" not in self.data and not cleaned.get("project") and not cleaned.get("slug"):
            self.add_error("slug", _("Choose a project, or give a new one a short name."))
        return cleaned

    def project_slug(self) -> str:
        """The chosen project, or the one to be made."""
        chosen = self.cleaned_data["project"]
        return str(chosen.slug if chosen else self.cleaned_data["slug"])


class PickForm(forms.Form):
    """Repositories ticked in the list, and others typed."""

    typed = forms.CharField(
        label=_("Others, by name"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(
            attrs={"rows": 2, "placeholder": "owner/name", "autocapitalize": "none"}
        ),
        help_text=_("OWNER/NAME at GitHub, one a line."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.picked():
            self.add_error(None, _("Pick at least one repository."))
        elif len(self.picked()) > MOST:
            words = _("Pick at most %(most)s at a time; the others can follow.")
            self.add_error(None, words % {"most": MOST})
        return cleaned

    def picked(self) -> list[str]:
        """Every one once, in the order given."""
        ticked = self.data.getlist("pick") if isinstance(self.data, QueryDict) else []
        typed = re.split(r"[\s,;]+", str(self.data.get("typed", "")))
        names: dict[str, str] = {}
        for name in [*ticked, *typed]:
            if name.strip():
                names.setdefault(name.strip().lower()[:500], name.strip()[:500])
        return list(names.values())
