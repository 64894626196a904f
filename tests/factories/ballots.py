"""Rolls and elections for tests, in whatever state they are needed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.db import connection

from community.jobs.clock import story_at
from community.people.models import Person
from contributors.criteria.models import Rule, RuleVersion
from governance.ballots.actions import (
    Draft,
    close_election,
    count_election,
    create_election,
    freeze_election,
    publish_election,
)
from governance.ballots.casting import put_in
from governance.ballots.models import Election
from governance.ballots.tally.profile import Profile, usual
from governance.rolls.leaves import leaf_of, new_salt, roll_hash
from governance.rolls.models import Officer, Roll, Voter
from governance.rolls.triggers import lifted
from tests.factories import person

ANNOUNCED = datetime(2026, 11, 1, 9, tzinfo=UTC)
OPENS = datetime(2026, 11, 2, 9, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=7)
DOCUMENT = {"tenure": {"days": 30}}
NAMES = ("ada", "grace", "linus", "margaret")
_numbers = count(1)


def people(number: int, stem: str = "voter") -> list[Person]:
    """Somebody with an account, so many times."""
    start = next(_numbers)
    return [person(f"{stem}-{start}-{one}", claimed_at=ANNOUNCED) for one in range(number)]


def sealed_roll(voters: Sequence[Person], officers: Sequence[Person] = ()) -> Roll:
    """A roll as it is after its challenge window."""
    number = next(_numbers)
    rule = Rule.objects.create(slug=f"rule-{number}", title="Voters", created_at=ANNOUNCED)
    version = RuleVersion.objects.create(
        rule=rule, number=1, document=DOCUMENT, sha256=f"{number:064d}", created_at=ANNOUNCED
    )
    roll = Roll.objects.create(
        slug=f"roll-{number}",
        title="Electoral roll",
        criteria=version,
        on=date(2026, 10, 1),
        created_at=ANNOUNCED,
    )
    rows = []
    for one in voters:
        uid, salt = f"person:{one.pk}", new_salt()
        leaf = leaf_of(salt, uid)
        rows.append(Voter(roll=roll, person=one, uid=uid, salt=salt, leaf=leaf))
    Voter.objects.bulk_create(rows)
    Officer.objects.bulk_create(Officer(roll=roll, person=one) for one in officers)
    roll.state, roll.sealed_at = Roll.State.SEALED, ANNOUNCED
    roll.sha256 = roll_hash(row.leaf for row in rows)
    roll.save()
    return roll


def rules_of(profile: Profile, **body: Any) -> dict[str, Any]:
    """The rules of an election as they are kept."""
    return {"profile": profile.document(), **({"body": body} if body else {})}


def draft_of(roll: Roll, names: Sequence[str] = NAMES, **more: Any) -> Draft:
    """What an election says: Schulze over the names, for a week."""
    facts = {
        "title": "Steering committee",
        "rules": rules_of(usual("schulze")),
        "roll": roll,
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "is_of_people": False,
        "challenge_hours": 0,
        "options": [(name, name.title(), "") for name in names],
    }
    return Draft(**(facts | more))


def drafted(roll: Roll, names: Sequence[str] = NAMES, **more: Any) -> Election:
    """An election that is not announced yet."""
    by = person(f"founder-{next(_numbers)}", claimed_at=ANNOUNCED)
    draft = draft_of(roll, names, **more)
    return create_election(slug=f"election-{next(_numbers)}", draft=draft, by=by, at=ANNOUNCED)


def announced(voters: Sequence[Person], names: Sequence[str] = NAMES, **more: Any) -> Election:
    """A frozen election; the database's clock has to stand before its opening."""
    election = drafted(sealed_roll(voters, more.pop("officers", ())), names, **more)
    return freeze_election(election=election, by=election.created_by, at=ANNOUNCED)


def take_off(one: Person) -> None:
    """Take somebody off every roll, as no action does it."""
    with lifted(connection):
        Voter.objects.filter(person=one).update(removed_at=ANNOUNCED)


def turn_rolls(state: str) -> None:
    """Put every roll into a state from which it would not come back."""
    with lifted(connection):
        Roll.objects.update(state=state)


def going_on(slug: str, roll: Roll, at: datetime, **more: Any) -> Election:
    """An election that opened an hour before this moment."""
    opened = at.replace(microsecond=0) - timedelta(hours=1)
    facts = {"opens_at": opened, "closes_at": opened + timedelta(days=7), **more}
    draft = draft_of(roll, facts.pop("names", NAMES), **facts)
    with story_at(opened):
        election = create_election(slug=slug, draft=draft, by=None, at=opened)
        return freeze_election(election=election, by=None, at=opened)


def over(
    slug: str, roll: Roll, at: datetime, choices: Sequence[dict[str, int]], **more: Any
) -> Election:
    """One that ended an hour before this moment and is published."""
    closed = at.replace(microsecond=0) - timedelta(hours=1)
    opened = closed - timedelta(days=7)
    facts = {"opens_at": opened, "closes_at": closed, **more}
    draft = draft_of(roll, facts.pop("names", NAMES), **facts)
    with story_at(opened):
        election = create_election(slug=slug, draft=draft, by=None, at=opened)
        freeze_election(election=election, by=None, at=opened)
        election.refresh_from_db()
        for voter, choice in zip(roll.voters.order_by("pk"), choices, strict=False):
            put_in(election, voter, choice)
    with story_at(closed):
        close_election(election=election, at=closed)
        count_election(election=election, at=closed)
        return publish_election(election=election, at=closed)
