"""The form in which a project is described."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community.people.models import Person
from community.projects.licenses import spdx
from community.projects.models import Project

MOST_ENTRIES = 20
_is_address = URLValidator(schemes=["http", "https"])


def clean_topics(words: list[str]) -> list[str]:
    """Each topic once, without regard to case, in the order given."""
    once: dict[str, str] = {}
    for word in words:
        once.setdefault(word.casefold(), word)
    topics = list(once.values())
    if len(topics) > MOST_ENTRIES or any(len(topic) > 50 for topic in topics):
        raise forms.ValidationError(_("At most 20 topics of at most 50 characters each."))
    return topics


def clean_links(links: list[dict[str, str]]) -> list[dict[str, str]]:
    """Links with a label and an http or https address each."""
    if len(links) > MOST_ENTRIES:
        raise forms.ValidationError(_("At most 20 links."))
    for link in links:
        if len(link["label"]) > 80 or len(link["url"]) > 500:
            raise forms.ValidationError(_("A link or its label is too long."))
        try:
            _is_address(link["url"])
        except forms.ValidationError as error:
            raise forms.ValidationError(
                gettext("%(url)s is not a web address.") % {"url": link["url"]}
            ) from error
    return links


class ProjectForm(forms.ModelForm):  # type: ignore[type-arg]
    """Describes a project; lists are typed as text, one entry a line or comma."""

    slug = forms.CharField(
        label=_("Short name in addresses"),
        max_length=80,
        help_text=_(
            "Lower-case letters, digits and dashes. After a change the old addresses still work."
        ),
    )
    topics = forms.CharField(
        label=_("Topics"), required=False, help_text=_("Separated by commas."), max_length=2000
    )
    links = forms.CharField(
        label=_("Links"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line: label, a space, address. For example: Models https://…"),
    )
    maintainers = forms.CharField(
        label=_("Maintainers"),
        required=False,
        max_length=4000,
        help_text=_("Handles, separated by commas or spaces. They may change this page."),
    )
    sections = {
        "": ["name", "slug", "kind", "stage", "summary", "license"],
        _("Positioning"): ["direction", "scenarios", "core_value", "vision", "mission"],
        _("Who and where"): ["maintainers", "topics", "links"],
    }

    class Meta:
        model = Project
        fields = [
            "name",
            "kind",
            "stage",
            "summary",
            "license",
            "direction",
            "scenarios",
            "core_value",
            "vision",
            "mission",
        ]
        labels = {"name": _("Name")}
        help_texts = {
            "license": _("For example Apache-2.0, MIT OR Apache-2.0, LicenseRef-Name."),
            "direction": _("Where the project is heading. Markdown."),
            "scenarios": _("Who uses it for what. Markdown."),
        }

    def __init__(
        self, data: Any = None, *, project: Project | None = None, may_set_stage: bool
    ) -> None:
        super().__init__(data, initial=_shown(project) if project else {})
        if not may_set_stage:
            del self.fields["stage"]
        for name in ("direction", "scenarios", "core_value", "vision", "mission"):
            self.fields[name].widget.attrs["rows"] = 4

    def fieldsets(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields by section, as the page lays them out."""
        return [
            (title, [self[name] for name in names if name in self.fields])
            for title, names in self.sections.items()
        ]

    def validate_unique(self) -> None:
        """Left to the action, which also knows the old slugs."""

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).strip().lower()

    def clean_license(self) -> str:
        return spdx(self.cleaned_data["license"])

    def clean_topics(self) -> list[str]:
        words = self.cleaned_data["topics"].replace("，", ",").split(",")
        return clean_topics([word.strip() for word in words if word.strip()])

    def clean_links(self) -> list[dict[str, str]]:
        lines = [line.strip() for line in self.cleaned_data["links"].splitlines() if line.strip()]
        parts = [line.rsplit(maxsplit=1) for line in lines]
        return clean_links([{"label": part[0], "url": part[-1]} for part in parts])

    def clean_maintainers(self) -> list[Person]:
        text = self.cleaned_data["maintainers"].replace("，", " ").replace(",", " ")
        handles = [word.removeprefix("@") for word in text.split()]
        return people_called(handles)


def people_called(handles: list[str]) -> list[Person]:
    """The people with these handles in any letter case; ValidationError names who is missing."""
    wanted = {handle.lower(): handle for handle in handles}
    people = Person.objects.present().human().alias(lowered=Lower("handle"))
    found = {person.handle.lower(): person for person in people.filter(lowered__in=wanted)}
    if missing := [handle for key, handle in wanted.items() if key not in found]:
        raise forms.ValidationError(
            gettext("Nobody here is called %(handles)s.") % {"handles": ", ".join(missing)}
        )
    return list(found.values())


def _shown(project: Project) -> dict[str, Any]:
    """The project as the form shows it at first."""
    fields: dict[str, Any] = {name: getattr(project, name) for name in ProjectForm.Meta.fields}
    links = [f"{link['label']} {link['url']}".strip() for link in project.links]
    handles = project.maintainers.order_by("handle").values_list("handle", flat=True)
    return fields | {
        "slug": project.slug,
        "topics": ", ".join(project.topics),
        "links": "\n".join(links),
        "maintainers": ", ".join(handles),
    }
