"""Rolls for tests: drafts, published and sealed ones, with officers who share nothing."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from community.people.models import Person
from contributors.criteria.actions import create_rule
from contributors.criteria.models import Rule, RuleVersion
from governance.rolls.leaves import leaf_of, new_salt, roll_hash
from governance.rolls.models import Decision, Officer, Request, Roll, Voter
from governance.rolls.queries import uids_of
from tests import factories
from tests.factories import NOON

EVERYBODY: dict[str, Any] = {"is_not": ["bot"]}


def criteria(document: Any = None, slug: str = "voters") -> RuleVersion:
    """The rule of this name in force, written where it is not there yet."""
    rule = Rule.objects.filter(slug=slug).first() or create_rule(
        slug=slug, title="Voters", document=document or EVERYBODY, by=None, at=NOON
    )
    return rule.latest


def officers_for(roll: Roll, count: int = 3) -> list[Person]:
    """So many officers of a roll."""
    people = [factories.person(claimed_at=NOON) for _ in range(count)]
    Officer.objects.bulk_create(Officer(roll=roll, person=one) for one in people)
    return people


def roll(voters: Sequence[Person] = (), slug: str = "spring", **more: Any) -> Roll:
    """A draft on which these people stand, computed at noon."""
    fields: dict[str, Any] = {
        "title": "Spring",
        "on": date(2026, 3, 1),
        "floor": 0,
        "created_at": NOON,
        "computed_at": NOON,
        **more,
    }
    if "criteria" not in fields:
        fields["criteria"] = criteria()
    made = Roll.objects.create(slug=slug, **fields)
    uids = uids_of([one.pk for one in voters])
    for one in voters:
        salt = new_salt()
        leaf = leaf_of(salt, uids[one.pk])
        Voter.objects.create(roll=made, person=one, uid=uids[one.pk], salt=salt, leaf=leaf)
    return made


def published(voters: Sequence[Person] = (), until: datetime | None = None, **more: Any) -> Roll:
    """One that takes requests for a week from noon on."""
    made = roll(voters, **more)
    made.state, made.published_at = Roll.State.PUBLISHED, NOON
    made.requests_until = until or NOON + timedelta(days=7)
    made.save()
    return made


def sealed(voters: Sequence[Person] = (), **more: Any) -> Roll:
    """One that was sealed at noon, a week after it was published."""
    made = published(voters, NOON, **more)
    made.published_at = NOON - timedelta(days=7)
    made.state, made.sealed_at = Roll.State.SEALED, NOON
    made.sha256 = roll_hash(made.voters.values_list("leaf", flat=True))
    made.completeness = {"share": 1.0, "expected": 0, "received": 0, "said": {}, "url": ""}
    made.save()
    return made


def request(of: Roll, **more: Any) -> Request:
    """Somebody who is not on a roll and asks to be."""
    person = more.pop("person", None) or factories.person(claimed_at=NOON)
    fields = {"kind": "include", "by": person, "reason": "Translated it.", "created_at": NOON}
    return Request.objects.create(roll=of, person=person, **{**fields, **more})


def decided(asked: Request, verdict: str = "accept", officer: Person | None = None) -> Decision:
    """What one officer said of it."""
    officer = officer or factories.person(claimed_at=NOON)
    return Decision.objects.create(
        request=asked, officer=officer, verdict=verdict, reason="It can be seen.", at=NOON
    )
