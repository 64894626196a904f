"""The form that writes a rule: the common shape in fields, anything else as JSON."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contributors.activity.models import Contribution
from contributors.criteria.clauses import (
    EXCLUSIONS,
    LARGEST,
    LONGEST_DAYS,
    MOST_WEEKS,
    read,
)
from contributors.criteria.composing import EXTRA, composed, fields_of
from contributors.criteria.models import Rule
from contributors.criteria.queries import problems_here

EXCLUDED = {"bot": _("Bots"), "suspended": _("Suspended people")}


def whole_field(label: Any, most: int, **more: Any) -> forms.IntegerField:
    """A field for a number from 1 that may be left out."""
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=most, **more)


class RuleForm(forms.Form):
    """Title and purpose of a rule, and the clauses of which all must hold."""

    title = forms.CharField(label=_("Title"), max_length=120)
    slug = forms.SlugField(
        label=_("Short name in addresses"),
        max_length=80,
        help_text=_("Lower-case letters, digits and dashes. It stays as it is."),
    )
    purpose = forms.CharField(
        label=_("What it is for, in one sentence"), max_length=300, required=False
    )
    kinds = forms.MultipleChoiceField(
        label=_("Contributions of these kinds"),
        choices=Contribution.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    days = whole_field(
        _("Within so many days"),
        LONGEST_DAYS,
        help_text=_("Whole days, UTC, before the day on which the rule is asked."),
    )
    at_least = whole_field(_("At least so many"), LARGEST)
    per_day = whole_field(_("Most that count of one kind on one day in one repository"), LARGEST)
    per_repository = whole_field(_("Most that count of one kind in one repository"), LARGEST)
    per_kind = whole_field(_("Most that count of one kind"), LARGEST)
    weeks = whole_field(_("In at least so many weeks"), MOST_WEEKS)
    repositories = whole_field(_("In at least so many repositories"), LARGEST)
    tenure_days = whole_field(_("First contribution at least so many days ago"), LONGEST_DAYS)
    exclusions = forms.MultipleChoiceField(
        label=_("Leave out"),
        choices=[(one, EXCLUDED[one]) for one in EXCLUSIONS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    extra = forms.CharField(
        label=_("Anything else, as JSON"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_(
            "One clause that must hold as well, for example"
            ' {"member_of": {"project": "atlas", "role": "maintainer"}}.'
        ),
    )
    reason = forms.CharField(
        label=_("Why it changes"), max_length=300, help_text=_("Everybody can read it.")
    )
    sections: "dict[str | Promise, list[str]]" = {
        "": ["title", "slug", "purpose"],
        _("How much"): ["kinds", "days", "at_least", "per_day", "per_repository", "per_kind"],
        _("How widely"): ["weeks", "repositories"],
        _("Since when, and who not"): ["tenure_days", "exclusions"],
        _("Further clauses"): ["extra", "reason"],
    }

    def __init__(self, data: Any = None, *, rule: Rule | None = None) -> None:
        initial: dict[str, Any] = {"days": 365, "exclusions": list(EXCLUSIONS)}
        if rule is not None:
            initial = {"title": rule.title, "purpose": rule.purpose}
            initial |= fields_of(rule.latest.document)
        super().__init__(data, initial=initial)
        del self.fields["slug" if rule else "reason"]

    def fieldsets(self) -> "list[tuple[str | Promise, list[forms.BoundField]]]":
        """The fields by section, as the page lays them out."""
        return [
            (title, [self[name] for name in names if name in self.fields])
            for title, names in self.sections.items()
        ]

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).lower()

    def clean_extra(self) -> Any:
        """The clause that the text says; what is wrong with it is said with its path."""
        text = self.cleaned_data[EXTRA].strip()
        if not text:
            return None
        document, problems = read(text)
        if found := problems or problems_here(document):
            raise forms.ValidationError([str(one) for one in found])
        return document

    def clean(self) -> dict[str, Any]:
        """With `document`, what the fields say together."""
        given: dict[str, Any] = super().clean() or {}
        if not self.errors:
            self._ask_for_both(given)
        document = None if self.errors else composed(given)
        if not self.errors and document is None:
            self.add_error(None, _("Ask for something: fill in at least one condition."))
        for problem in problems_here(document) if document is not None else ():
            self.add_error(None, str(problem))
        return given | {"document": document}

    def _ask_for_both(self, given: dict[str, Any]) -> None:
        """A number needs contributions to count, and the other way round."""
        if any(given[name] for name in ("at_least", "weeks", "repositories")):
            for name in ("kinds", "days"):
                if not given[name]:
                    self.add_error(name, _("Say which contributions are counted."))
        elif given["kinds"]:
            self.add_error("at_least", _("Say how many contributions it takes."))

    def facts(self) -> dict[str, Any]:
        """What the actions take."""
        names = ("title", "slug", "purpose", "document", "reason")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
