"""The ballot paper as a form: a rank, a score or a cross beside each option."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.ballots.models import Option
from governance.ballots.rulebook import Rulebook
from governance.ballots.words import title_of

ORDER, ONE, MOVE = "order", "one", "move"


def name_of(key: str) -> str:
    """The name of the field beside an option."""
    return f"o-{key}"


@dataclass(frozen=True)
class Line:
    """An option with its field, and whether its buttons have something to do."""

    option: Option
    field: Any
    rank: int | None
    can_rise: bool
    can_fall: bool


class PaperForm(forms.Form):
    """One ballot. `order` remembers in which order this voter was shown the options."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody reads it beside your name once the vote is closed."),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        rulebook: Rulebook,
        options: Sequence[Option],
        is_open: bool,
    ) -> None:
        super().__init__(data)
        self.rulebook, self.options = rulebook, options
        if not is_open:
            del self.fields["reason"]
        if rulebook.kind == "one":
            choices = [(one.key, title_of(one.key, one.title)) for one in options]
            blank = [] if rulebook.keys else [("", _("Nobody: hand in a blank ballot"))]
            self.fields[ONE] = forms.ChoiceField(
                label=_("Your choice"),
                choices=choices + blank,
                required=bool(rulebook.keys),
                widget=forms.RadioSelect,
            )
            return
        for one in options:
            self.fields[name_of(one.key)] = self._field(one, len(options))

    def _field(self, option: Option, number: int) -> forms.Field:
        if self.rulebook.kind == "approvals":
            return forms.BooleanField(label=option.title, required=False)
        if self.rulebook.kind == "ranks":
            ranks = [("", "–"), *((str(rank), str(rank)) for rank in range(1, number + 1))]
            return forms.TypedChoiceField(
                label=option.title, choices=ranks, required=False, coerce=int, empty_value=None
            )
        top = self.rulebook.top
        if top <= 10:
            scores = [("", "–"), *((str(score), str(score)) for score in range(top + 1))]
            return forms.TypedChoiceField(
                label=option.title, choices=scores, required=False, coerce=int, empty_value=None
            )
        return forms.IntegerField(label=option.title, required=False, min_value=0, max_value=top)

    def choice(self) -> dict[str, int]:
        """What a valid paper says, by the keys of options."""
        if self.rulebook.kind == "one":
            one = self.cleaned_data[ONE]
            return {one: 1} if one else {}
        said = {one.key: self.cleaned_data.get(name_of(one.key)) for one in self.options}
        return {key: int(value) for key, value in said.items() if value not in (None, False)}

    def lines(self) -> list[Line]:
        """The options as the page lists them."""
        ranks = self._ranks()
        last = max(ranks.values(), default=0)
        return (
            [
                Line(
                    one,
                    self[name_of(one.key)],
                    ranks.get(one.key),
                    can_rise=ranks.get(one.key) != 1,
                    can_fall=one.key in ranks,
                )
                for one in self.options
            ]
            if last or self.rulebook.kind != "one"
            else []
        )

    def _ranks(self) -> dict[str, int]:
        if self.rulebook.kind != "ranks":
            return {}
        return ranks_in(self.data if self.is_bound else {}, [one.key for one in self.options])


def ranks_in(data: Mapping[str, Any], keys: Sequence[str]) -> dict[str, int]:
    """The ranks that a paper holds, whatever else it holds."""
    said = {key: str(data.get(name_of(key), "")) for key in keys}
    return {key: int(rank) for key, rank in said.items() if rank.isascii() and rank.isdigit()}


def moved(data: Mapping[str, Any], keys: Sequence[str]) -> dict[str, str]:
    """The fields of a ranked paper after one of its buttons was pressed.

    Up gives an option without a rank the next one, and puts one with a rank before
    its neighbor; down is the way back. Ranks end up without gaps.
    """
    way, _colon, key = str(data.get(MOVE, "")).partition(":")
    ranks = ranks_in(data, keys)
    ranked = sorted(ranks, key=lambda one: (ranks[one], keys.index(one)))
    if key in keys and way in {"up", "down"}:
        _move(ranked, key, way)
    return {name_of(one): str(ranked.index(one) + 1) if one in ranked else "" for one in keys}


def _move(ranked: list[str], key: str, way: str) -> None:
    if key not in ranked:
        if way == "up":
            ranked.append(key)
        return
    at = ranked.index(key)
    if way == "down" and at == len(ranked) - 1:
        ranked.pop()
        return
    other = max(at - 1, 0) if way == "up" else at + 1
    ranked[at], ranked[other] = ranked[other], ranked[at]
