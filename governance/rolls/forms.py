"""Shapes of what is typed about rolls."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community.people.models import Person
from community.people.profiles import find_person
from contributors.criteria.models import Rule
from governance.rolls.models import AmendmentKind, Decision, Officer, Request

LONG = {"rows": 4}
USUAL_WINDOW = timedelta(days=14)
NAMES_NOBODY = _("Everybody can read it, so name nobody.")


def person_called(handle: str) -> Person:
    """Whoever the handle means; a sentence where that is nobody."""
    found = find_person(handle.strip().removeprefix("@"))
    if found is None or found.erased_at:
        said = gettext("There is nobody called “%(handle)s”.")
        raise forms.ValidationError(said % {"handle": handle[:40]})
    return found


class HandleField(forms.CharField):
    """Somebody by handle."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": _("Handle"), "max_length": 255, **options})

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return person_called(typed) if typed else None


class HandlesField(forms.CharField):
    """Several people by handle, each once."""

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        found = [person_called(one) for one in re.split(r"[,\s]+", typed) if one]
        return list({one.pk: one for one in found}.values())


class RollForm(forms.Form):
    """What a roll is for, whom it takes, on which day, and who answers for it."""

    title = forms.CharField(label=_("Title"), max_length=120)
    slug = forms.SlugField(
        label=_("Short name in addresses"),
        max_length=80,
        help_text=_("Lower-case letters, digits and dashes. It stays as it is."),
    )
    rule = forms.ModelChoiceField(
        label=_("Criteria"),
        queryset=Rule.objects.all(),
        help_text=_("The version in force today is used, whatever comes later."),
    )
    on = forms.DateField(
        label=_("Reference day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Whole days, UTC, before this day are counted."),
    )
    floor = forms.IntegerField(
        label=_("Completeness it takes, in percent"),
        initial=95,
        min_value=0,
        max_value=100,
        help_text=_("Below it, the roll is sealed only with a reason that everybody can read."),
    )
    officers = HandlesField(
        label=_("Election officers"),
        max_length=2000,
        help_text=_("Handles, separated by commas or spaces; at least two."),
    )
    observers = HandlesField(
        label=_("Observers"),
        max_length=2000,
        required=False,
        help_text=_("They see everything and decide nothing."),
    )

    def facts(self) -> dict[str, Any]:
        """What `create_roll` is given."""
        typed = dict(self.cleaned_data)
        criteria = typed.pop("rule").latest
        return {**typed, "criteria": criteria}


class PublishForm(forms.Form):
    """Until when requests are taken."""

    requests_until = forms.DateTimeField(
        label=_("Requests until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, data: Any = None) -> None:
        until = (timezone.localtime() + USUAL_WINDOW).replace(second=0, microsecond=0)
        super().__init__(data, initial={"requests_until": until})
        zone = timezone.get_current_timezone_name()
        said = gettext("In your time zone, %(zone)s. The moment itself is too late.")
        self.fields["requests_until"].help_text = said % {"zone": zone}


class SealForm(forms.Form):
    """Why a roll is sealed though data lacks."""

    override = forms.CharField(
        label=_("Who is affected by what lacks, and why it is sealed nevertheless"),
        max_length=5_000,
        widget=forms.Textarea(attrs=LONG),
        help_text=_("Everybody can read it, for as long as the roll is there."),
    )


class ConfirmForm(forms.Form):
    """Nothing to type."""

    override = forms.CharField(required=False, widget=forms.HiddenInput)


class AskForm(forms.Form):
    """Why somebody has to be on a roll, or must not be."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=5_000,
        widget=forms.Textarea(attrs=LONG),
        help_text=_("For the officers, and for the person concerned."),
    )
    evidence = forms.URLField(
        label=_("A link to what shows it"),
        max_length=500,
        required=False,
        assume_scheme="https",
    )


class ChallengeForm(AskForm):
    """The same about somebody else."""

    person = HandleField(
        label=_("Whom it is about"),
        help_text=_("By handle. Whether they are on the roll is not told to you."),
    )
    field_order = ["person", "reason", "evidence"]


ASKING: dict[str, type[AskForm]] = {
    Request.Kind.INCLUDE: AskForm,
    Request.Kind.EXCLUDE: ChallengeForm,
}


class DecisionForm(forms.Form):
    """What an officer says of a request, and why."""

    verdict = forms.ChoiceField(
        label=_("Your decision"), choices=Decision.Verdict.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2_000,
        widget=forms.Textarea(attrs=LONG),
        help_text=NAMES_NOBODY,
    )


class AmendmentForm(forms.Form):
    """What is to change on a sealed roll, and why."""

    kind = forms.ChoiceField(
        label=_("What to do"), choices=AmendmentKind.choices, widget=forms.RadioSelect
    )
    person = HandleField()
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2_000,
        widget=forms.Textarea(attrs=LONG),
        help_text=NAMES_NOBODY,
    )


class OfficerForm(forms.Form):
    """Who is to answer for a roll, or to watch over it."""

    person = HandleField()
    role = forms.ChoiceField(label=_("As"), choices=Officer.Role.choices)
