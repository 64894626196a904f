"""What a ballot says, in words that its voter can check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.ballots.models import Option
from governance.ballots.rulebook import Rulebook
from governance.ballots.words import title_of


@dataclass(frozen=True)
class Said:
    """A ballot in groups from best to last, and the options that it does not mention."""

    kind: str
    groups: Sequence[tuple[int, Sequence[str]]]
    unsaid: Sequence[str]

    @property
    def is_blank(self) -> bool:
        return not self.groups


def said_of(rulebook: Rulebook, options: Sequence[Option], choice: Mapping[str, Any]) -> Said:
    """A choice by the titles of its options; equal numbers share a group."""
    titles = {one.key: title_of(one.key, one.title) for one in options}
    is_score = rulebook.kind == "scores"
    numbers = sorted({int(value) for value in choice.values()}, reverse=is_score)
    if rulebook.kind == "ranks":
        places = {number: at for at, number in enumerate(numbers, 1)}
    else:
        places = {number: number for number in numbers}
    groups = [
        (places[number], sorted(titles[key] for key, value in choice.items() if value == number))
        for number in numbers
    ]
    unsaid = sorted(title for key, title in titles.items() if key not in choice)
    return Said(rulebook.kind, groups, unsaid)
