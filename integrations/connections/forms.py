"""The form that connects a repository."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from community.lib.refusals import Refused
from community.projects.models import Project
from integrations.connections import protocol
from integrations.connections.keys import Key, plain
from integrations.connections.sealing import seal, unseal
from integrations.connections.tokens import environment_keys

NAMES = {"github": "GitHub", "git": _("A git repository anywhere else")}


def offered() -> list[tuple[str, Any]]:
    """The connectors that are installed, the best known first."""
    names = protocol.names()
    return [(name, NAMES[name]) for name in NAMES if name in names]


class ConnectForm(forms.Form):
    """What to read, with which token, for which project.

    A typed token comes back to the browser only sealed, so that an error
    elsewhere in the form does not lose it and no page ever shows it.
    """

    connector = forms.ChoiceField(label=_("Where it is"), choices=offered)
    token = forms.CharField(
        label=_("Access token"),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "At GitHub: a fine-grained token with read access to issues, pull requests and "
            "contents. Kept encrypted, shown to nobody."
        ),
    )
    sealed = forms.CharField(required=False, widget=forms.HiddenInput)
    location = forms.CharField(
        label=_("Repository"),
        max_length=500,
        widget=forms.TextInput(
            attrs={"placeholder": "owner/name", "list": "choices", "autocapitalize": "none"}
        ),
        help_text=_("OWNER/NAME at GitHub, else an https or ssh address."),
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

    def __init__(self, data: QueryDict | None = None, **more: Any) -> None:
        if data is not None and data.get("token"):
            typed, data = str(data["token"]).strip(), data.copy()
            data["sealed"], data["token"] = seal(typed), ""
        super().__init__(data, **more)
        self.is_check = data is not None and "check" in data
        # A token alone can be checked: it says which repositories there are to choose from.
        self.fields["location"].required = not (self.is_check and self.known_token())
        if ending := self.known_token()[-4:]:
            help_text = _("A token ending in %(ending)s is kept for this form; type to replace it.")
            self.fields["token"].help_text = help_text % {"ending": ending}

    def known_token(self) -> str:
        """The token typed now or before; empty when there is none that can be read."""
        try:
            return unseal(self.data.get("sealed", ""))
        except Refused:
            return ""

    def lookup_keys(self) -> Sequence[Key]:
        """The form's own token, else those of the environment."""
        return plain(self.known_token()) or environment_keys(self.cleaned_data["connector"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.is_check and not cleaned.get("project") and not cleaned.get("slug"):
            self.add_error("slug", _("Choose a project, or give a new one a short name."))
        return cleaned

    def project_slug(self) -> str:
        """The chosen project, or the one to be made."""
        chosen = self.cleaned_data["project"]
        return str(chosen.slug if chosen else self.cleaned_data["slug"])
