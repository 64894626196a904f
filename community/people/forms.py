"""Shapes of what people type about themselves and others."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.validators import validate_domain_name
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from community.lib.refusals import Refused
from community.people.avatars import LARGEST_FILE, TOO_LARGE, redraw
from community.people.models import (
    Identity,
    Organization,
    OrganizationAlias,
    OrganizationDomain,
    Person,
)
from community.people.visibility import SECTIONS
from community.people.zones import zone_names


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


class LongSelect(forms.Select):
    """A select of hundreds of choices; Django fills two templates for each, which takes long."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: Any = None,
        renderer: Any = None,  # noqa: ARG002 - no template is filled
    ) -> SafeString:
        chosen, mark = self.format_value(value), flatatt({"selected": True})
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((key, mark if str(key) in chosen else "", label) for key, label in self.choices),
        )
        own = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>\n{}\n</select>', name, own, options)


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What people say about themselves, and to whom."""

    languages = forms.CharField(
        label=_("Languages I speak"),
        required=False,
        max_length=200,
        help_text=_("Separated by commas, such as English, 中文."),
    )
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, widget=LongSelect)
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("PNG, JPEG, GIF or WebP, at most 2 MB. It is cut to a square."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/gif,image/webp"}),
    )
    remove_picture = forms.BooleanField(label=_("Use the generated picture"), required=False)

    class Meta:
        model = Person
        fields = (
            *("handle", "name", "bio", "languages", "location", "website"),
            *("time_zone", "interface_language"),
        )
        widgets = {"bio": forms.Textarea(attrs={"rows": 5})}
        help_texts = {
            "handle": _("Your address here. The old one keeps leading to you while it is free."),
            "bio": _("Markdown."),
        }

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.initial["languages"] = ", ".join(self.instance.languages)
        zones = [(name, name.replace("_", " ")) for name in sorted(zone_names())]
        languages = [("", _("As the browser asks")), *settings.LANGUAGES]
        self._choose("interface_language", languages)
        self._choose("time_zone", [("", _("As the site: UTC")), *zones])
        if not self.instance.avatar:
            del self.fields["remove_picture"]
        for section, label in SECTIONS.items():
            self.fields[f"show_{section}"] = forms.ChoiceField(
                label=label,
                choices=Person.Visibility.choices,
                initial=self.instance.visibility.get(section, Person.Visibility.PUBLIC),
            )

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    @property
    def about_fields(self) -> list[forms.BoundField]:
        """What others read."""
        names = ("handle", "name", "bio", "languages", "location", "website")
        return [self[name] for name in names]

    @property
    def picture_fields(self) -> list[forms.BoundField]:
        """The picture, or none."""
        return [self[name] for name in ("picture", "remove_picture") if name in self.fields]

    @property
    def preference_fields(self) -> list[forms.BoundField]:
        """How the site speaks to this person."""
        return [self["interface_language"], self["time_zone"]]

    @property
    def visibility_fields(self) -> list[forms.BoundField]:
        """Who sees which section."""
        return [self[f"show_{section}"] for section in SECTIONS]

    def clean_languages(self) -> list[str]:
        """At most ten languages, as typed."""
        parts = self.cleaned_data["languages"].replace("，", ",").replace("、", ",").split(",")
        return list(dict.fromkeys(part.strip() for part in parts if part.strip()))[:10]

    def clean_picture(self) -> bytes | None:
        """The picture drawn anew."""
        file = self.cleaned_data["picture"]
        if not file:
            return None
        try:
            if file.size > LARGEST_FILE:
                raise TOO_LARGE
            return redraw(file)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal.reason), code=refusal.code) from refusal

    def profile_fields(self) -> dict[str, Any]:
        """The cleaned fields of the person, visibility in one piece."""
        cleaned = self.cleaned_data
        shown = {section: cleaned[f"show_{section}"] for section in SECTIONS}
        hidden = {section: level for section, level in shown.items() if level != "public"}
        return {**{name: cleaned[name] for name in self.Meta.fields}, "visibility": hidden}


class AffiliationForm(forms.Form):
    """Whom somebody worked for, and when."""

    organization = forms.ModelChoiceField(
        label=_("Organization"),
        queryset=Organization.objects.all(),
        required=False,
        empty_label=_("Independent"),
    )
    starts_on = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label=_("Until, not including"),
        required=False,
        help_text=_("Empty: to this day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class LeaveForm(forms.Form):
    """When somebody is away."""

    starts_on = forms.DateField(
        label=_("First day away"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label=_("Back on"),
        required=False,
        help_text=_("Empty: not known yet."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=300,
        help_text=_("Only maintainers of the site and the person read it."),
    )


class EraseForm(forms.Form):
    """The confirmation that cannot be given by accident."""

    typed = forms.CharField(label=_("Your handle"), max_length=40)


class WelcomeForm(forms.Form):
    """A one-time link may set a new password on the way in."""

    password = forms.CharField(
        label=_("New password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Leave it empty to sign in just this once."),
    )

    def __init__(self, *args: Any, person: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        self.person = person

    def clean_password(self) -> str:
        """A password that passes the site's own tests, or none."""
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password, self.person)
        return password


class OrganizationForm(forms.ModelForm):  # type: ignore[type-arg]
    """An organization with its domains and other names, one a line."""

    domains = forms.CharField(
        label=_("Mail domains"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One a line. People whose commits come from there, and who have said nothing else, "
            "are affiliated."
        ),
    )
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    aliases = forms.CharField(
        label=_("Other names"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    class Meta:
        model = Organization
        fields = ("name", "slug", "kind", "website")
        labels = {"name": _("Name"), "slug": _("Short name in addresses")}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.instance.pk:
            domains = self.instance.domains.order_by("domain").values_list("domain", flat=True)
            names = self.instance.aliases.order_by("name").values_list("name", flat=True)
            self.initial["domains"] = "\n".join(domains)
            self.initial["aliases"] = "\n".join(names)

    def clean_slug(self) -> str:
        """Not the address of the page that makes new ones."""
        slug: str = self.cleaned_data["slug"]
        if slug == "new":
            raise forms.ValidationError(_("This address is reserved."))
        return slug

    def clean_domains(self) -> list[str]:
        """Lower-case domains that no other organization has."""
        domains = sorted({line.strip().lower().lstrip("@") for line in self._lines("domains")})
        for domain in domains:
            try:
                validate_domain_name(domain)
            except forms.ValidationError as error:
                text = _("%(domain)s is not a domain.")
                raise forms.ValidationError(text, params={"domain": domain}) from error
        taken = OrganizationDomain.objects.filter(domain__in=domains)
        self._refuse(taken.exclude(organization=self.instance.pk).values_list("domain", flat=True))
        return domains

    def clean_aliases(self) -> list[str]:
        """Names that no other organization has."""
        names = sorted({line.strip()[:200] for line in self._lines("aliases")})
        taken = OrganizationAlias.objects.filter(name__in=names)
        self._refuse(taken.exclude(organization=self.instance.pk).values_list("name", flat=True))
        return names

    def _lines(self, name: str) -> list[str]:
        return [line for line in self.cleaned_data[name].splitlines() if line.strip()]

    def _refuse(self, taken: Iterable[str]) -> None:
        if names := ", ".join(taken):
            text = _("Another organization has this already: %(names)s.")
            raise forms.ValidationError(text, params={"names": names})


class BotForm(forms.Form):
    """A login for the list of bots."""

    login = forms.CharField(label=_("Login"), max_length=255)
    note = forms.CharField(label=_("What it does"), max_length=200, required=False)


class SuspendForm(forms.Form):
    """Why somebody is shut out."""

    reason = forms.ChoiceField(label=_("Why"), choices=Person.Suspension.choices)


class MergeForm(forms.Form):
    """Which of two records is kept, why, and the handle typed when both have an account."""

    reason = forms.CharField(label=_("Why"), max_length=200, required=False)
    confirmation = forms.CharField(label=_("The handle that will disappear"), required=False)


class SplitForm(forms.Form):
    """The accounts that are somebody else's."""

    identities = forms.ModelMultipleChoiceField(
        label=_("Accounts to separate"),
        queryset=Identity.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, person: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["identities"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = person.identities.alive().order_by("provider", "pk")
