"""Names beside an election that is over, where its rules say so."""

from dataclasses import dataclass

from community.people.models import Person
from governance.ballots.models import Election, OpenVote
from governance.ballots.rulebook import choice_of, rulebook_of
from governance.ballots.words import title_of


@dataclass(frozen=True)
class NamedVote:
    """What somebody said openly."""

    person: Person
    said: str
    reason: str
    is_binding: bool


def who_voted(election: Election) -> list[Person]:
    """Those who handed in a ballot, by handle."""
    rows = election.envelopes.values("voter__person")
    return list(Person.objects.filter(pk__in=rows).order_by("handle"))


def named_votes(election: Election) -> list[NamedVote]:
    """The open votes, binding ones first."""
    rulebook, options = rulebook_of(election.rules), list(election.options.all())
    titles = {one.key: title_of(one.key, one.title) for one in options}
    rows = OpenVote.objects.filter(election=election).select_related("person")
    found = []
    for one in rows.order_by("person__handle"):
        choice = choice_of(rulebook, [option.key for option in options], bytes(one.marks))
        ordered = sorted(choice, key=lambda key: (choice[key], key))
        said = ", ".join(
            titles[key] if rulebook.kind in {"one", "approvals"} else f"{choice[key]} {titles[key]}"
            for key in ordered
        )
        found.append(NamedVote(one.person, said, one.reason, one.voter_id is not None))
    return sorted(found, key=lambda one: not one.is_binding)
