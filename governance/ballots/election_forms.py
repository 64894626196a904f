"""The form that writes an election down."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.people.zones import zone_names
from governance.ballots.actions import Draft
from governance.ballots.composing import FIELDS, composed, fields_of
from governance.ballots.models import Election
from governance.ballots.rulebook import WrongRules, rulebook_of
from governance.ballots.tally.unusable import Unusable
from governance.ballots.words import METHODS, UNRANKED, why_unusable
from governance.ballots.zoned import ANYWHERE, WallClockField, in_zone
from governance.rolls.models import Roll

L = gettext_lazy
KINDS = [("motion", L("Yes or no")), ("apache", L("+1, 0 or -1")), *METHODS]
BASES = [
    ("deciding", L("those who say yes or no")),
    ("cast", L("those who vote, abstentions included")),
    ("roll", L("everybody on the roll")),
]
MOST_OPTIONS = 100
# Sections that few methods ask for, by their first field, and the method that does.
SELDOM = {"default": "condorcet-default", "cap": "", "share": "motion", "least": "apache"}
TIMES = ("nominations_until", "opens_at", "closes_at")


def share_field(label: Any, initial: str = "", **more: Any) -> forms.CharField:
    """A field for an exact fraction."""
    return forms.CharField(label=label, max_length=20, required=False, initial=initial, **more)


class ElectionForm(forms.ModelForm):  # type: ignore[type-arg]
    """Everything that an election says, in the words of those who write it."""

    slug = forms.SlugField(label=L("Short name in addresses"), max_length=80)
    time_zone = forms.ChoiceField(label=L("Time zone"))
    nominations_until = WallClockField(label=L("Nominations until"), required=False)
    opens_at = WallClockField(label=L("Voting opens"))
    closes_at = WallClockField(
        label=L("Voting closes"), help_text=L("A ballot at this very moment is too late.")
    )
    method = forms.ChoiceField(label=L("How it is counted"), choices=KINDS, initial="schulze")
    options_text = forms.CharField(
        label=L("Options"),
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=L(
            "One a line. Candidates come by nomination, and a motion has its answers by itself."
        ),
    )
    seats = forms.IntegerField(label=L("Seats"), min_value=1, max_value=1_000, initial=1)
    unranked = forms.ChoiceField(
        label=L("Options that a ballot does not rank"), choices=UNRANKED, initial="last"
    )
    ties = forms.MultipleChoiceField(
        label=L("What breaks a tie, in this order"),
        required=False,
        choices=[
            ("rounds", L("earlier rounds")),
            ("lot", L("a public lot")),
            ("officer", L("the officers")),
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    default = forms.CharField(
        label=L("Short name of the default option"), max_length=60, required=False
    )
    quorum = share_field(L("Voters who have to prefer an option to the default one"))
    majority = share_field(L("How many times as many as prefer the default one"))
    cap = share_field(
        L("Most seats of one employer, as a share of the body"),
        widget=forms.TextInput(attrs={"placeholder": "1/3"}),
    )
    size = forms.IntegerField(
        label=L("Seats of the whole body"), required=False, min_value=1, max_value=1_000
    )
    sitting = forms.CharField(
        label=L("Employers of those who stay in it"),
        required=False,
        max_length=2_000,
        help_text=L("One for each of them, separated by commas."),
    )
    share = share_field(L("Share that has to say yes"), "1/2")
    at_least = forms.BooleanField(label=L("Exactly this share is enough"), required=False)
    base = forms.ChoiceField(label=L("Measured against"), choices=BASES, required=False)
    turnout = share_field(L("Share of the roll that has to take part"))
    least = forms.IntegerField(
        label=L("Binding +1 that it takes"), required=False, min_value=0, max_value=1_000, initial=3
    )
    has_veto = forms.BooleanField(label=L("A binding -1 is a veto"), required=False)
    is_lazy = forms.BooleanField(label=L("Silence agrees"), required=False)

    sections: "dict[str | Promise, tuple[str, ...]]" = {
        "": ("title", "slug", "text", "roll", "mode"),
        L("When"): ("time_zone", *TIMES, "challenge_hours"),
        L("What is chosen"): ("is_of_people", "options_text", "endorsers", "endorsing_employers"),
        L("How it is counted"): ("method", "seats", "unranked", "ties", "lot_source"),
        L("A default option"): ("default", "quorum", "majority"),
        L("Seats of one employer"): ("cap", "size", "sitting"),
        L("Yes or no"): ("share", "at_least", "base", "turnout"),
        L("+1, 0 or -1"): ("least", "has_veto", "is_lazy"),
        L("What is published"): ("publication", "lists_voters", "gives_receipts"),
    }

    class Meta:
        model = Election
        fields = [
            *("title", "text", "roll", "mode", "challenge_hours", "is_of_people", "endorsers"),
            *("endorsing_employers", "lot_source", "publication", "lists_voters"),
            "gives_receipts",
        ]

    def __init__(self, *args: Any, rolls: Any = None, **more: Any) -> None:
        super().__init__(*args, **more)
        zones = sorted(zone_names())
        first = [("UTC", "UTC"), (ANYWHERE, _("Anywhere on Earth (UTC-12)"))]
        self.fields["time_zone"].choices = first + [(one, one) for one in zones]  # type: ignore[attr-defined]
        self.fields["roll"].queryset = Roll.objects.all() if rolls is None else rolls  # type: ignore[attr-defined]
        if self.instance.pk:
            self.fields.pop("slug")
            self._fill_in()

    def _fill_in(self) -> None:
        """The fields as the draft says."""
        zone = self.instance.time_zone
        self.initial["time_zone"] = zone
        for name in TIMES:
            if moment := getattr(self.instance, name):
                self.initial[name] = wall(moment, zone)
        self.initial.update(fields_of(rulebook_of(self.instance.rules)))
        rows = self.instance.options.filter(person=None).order_by("pk")
        self.initial["options_text"] = "\n".join(one.title for one in rows)

    def fieldsets(self) -> Iterator[tuple[Any, list[Any], bool, bool]]:
        """Title and fields of each section; whether it is seldom needed, and open all the same."""
        method = self["method"].value()
        for title, names in self.sections.items():
            fields = [self[name] for name in names if name in self.fields]
            first = names[0]
            is_asked = SELDOM.get(first) == method or (first == "cap" and bool(self[first].value()))
            yield title, fields, first in SELDOM, is_asked or any(one.errors for one in fields)

    def clean_options_text(self) -> list[tuple[str, str, str]]:
        lines = [one.strip() for one in self.cleaned_data["options_text"].splitlines()]
        titles = [one for one in lines if one]
        if len(titles) > MOST_OPTIONS:
            raise forms.ValidationError(_("At most 100 options can be named."))
        rows = [
            (slugify(one)[:60] or f"option-{at}", one[:200], "") for at, one in enumerate(titles, 1)
        ]
        if len({key for key, *_rest in rows}) != len(rows):
            raise forms.ValidationError(_("Two options are called alike."))
        return rows

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        zone = said.get("time_zone") or "UTC"
        for name in TIMES:
            if said.get(name):
                try:
                    said[name] = in_zone(said[name], zone)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        self._clean_rules(said)
        return said

    def _clean_rules(self, said: dict[str, Any]) -> None:
        for name in FIELDS["shares"]:
            try:
                said[name] = Fraction(said[name]) if said.get(name) else None
            except (ValueError, ZeroDivisionError):
                self.add_error(name, _("Write a number, such as 46, 46.5 or 140/3."))
        if self.errors:
            return
        try:
            said["rules"] = composed(said)
            rulebook_of(said["rules"])
        except Unusable as refusal:
            self.add_error("method", why_unusable(refusal))
        except WrongRules:
            self.add_error("method", _("These rules say nothing that can be counted by."))

    def draft(self) -> Draft:
        """What the actions take."""
        said = self.cleaned_data
        named = {name for name in Draft.__dataclass_fields__ if name in said}
        facts = {name: said[name] for name in named - {"options"}}
        is_motion = said["method"] in {"motion", "apache"}
        options = () if is_motion else tuple(said["options_text"])
        people = said["is_of_people"] and not is_motion
        return Draft(**facts | {"options": options, "is_of_people": people})


def wall(moment: Any, zone: str) -> Any:
    """A moment as clocks in a zone show it."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
