"""What an election offers to choose from, at the moment it is frozen."""

from collections import Counter, defaultdict
from datetime import date

from django.utils.text import slugify

from community.people.models import Affiliation, Person
from governance.ballots.endorsing import on_roll, supports_of
from governance.ballots.models import Candidacy, Election, Option
from governance.ballots.rulebook import Rulebook
from governance.ballots.words import ANSWERS


def options_of_rules(election: Election, rulebook: Rulebook) -> list[Option]:
    """The answers that a motion has by itself."""
    there = set(election.options.values_list("key", flat=True))
    wanted = [key for key in rulebook.keys if key not in there]
    return [Option(election=election, key=key, title=ANSWERS[key]) for key in wanted]


def candidates_of(election: Election, day: date) -> list[Option]:
    """Those who accepted, are on the roll and endorsed enough, with the employer of the day."""
    accepted = Candidacy.objects.filter(election=election).standing().select_related("person")
    supports, voters = supports_of(accepted, election), on_roll(accepted, election)
    standing = [one for one in accepted if supports[one.pk].is_enough and one.pk in voters]
    employers = employers_on(day, [one.person_id for one in standing])
    keys = _keys([one.person for one in standing])
    return [
        Option(
            election=election,
            key=keys[one.person_id],
            title=str(one.person),
            text=one.statement,
            person=one.person,
            employer=employers.get(one.person_id, ""),
        )
        for one in standing
    ]


def _keys(people: list[Person]) -> dict[int, str]:
    """A key for each, of the handle; of two handles that look alike in it, with the number."""
    keys = {one.pk: slugify(one.handle)[:60] for one in people}
    often = Counter(keys.values())
    return {
        pk: key if key and often[key] == 1 else f"{key[:40]}-{pk}".lstrip("-")
        for pk, key in keys.items()
    }


def employers_on(day: date, people: list[int]) -> dict[int, str]:
    """The organization of each of these people on a day; none for who is independent."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    rows = Affiliation.objects.on(day).filter(person__in=people).exclude(organization=None)
    for person, name in rows.order_by("pk").values_list("person", "organization__name"):
        found[person].append(name)
    return {person: names[-1] for person, names in found.items()}
