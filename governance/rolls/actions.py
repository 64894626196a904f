"""Verbs on rolls: from the draft to the seal."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction

from community.audit.actions import record
from community.jobs.clock import database_now
from community.jobs.topics import publish
from community.lib.refusals import Refused
from community.people.models import Person
from contributors.criteria.models import RuleVersion
from governance.rolls import triggers
from governance.rolls.computing import fill
from governance.rolls.leaves import roll_hash
from governance.rolls.models import Amendment, Decision, Officer, Proposal, Request, Roll
from governance.rolls.queries import Wholeness, completeness_of, is_officer, leaves_of
from governance.rolls.rules import (
    why_not_appoint,
    why_not_compute,
    why_not_create,
    why_not_publish,
    why_not_run,
    why_not_seal,
)


@transaction.atomic
def create_roll(
    *,
    slug: str,
    title: str,
    criteria: RuleVersion,
    on: date,
    floor: int = 95,
    officers: Sequence[Person] = (),
    observers: Sequence[Person] = (),
    by: Person | None,
    at: datetime,
) -> Roll:
    """Begin a roll as a draft that nobody stands on yet. Raises `Refused`."""
    is_taken = Roll.objects.filter(slug=slug).exists()
    if refusal := why_not_create(slug, floor, is_taken=is_taken):
        raise refusal
    made = Roll(slug=slug, title=title, criteria=criteria, on=on, floor=floor)
    made.created_by, made.created_at = by, at
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:  # somebody else was faster
        raise why_not_create(slug, floor, is_taken=True) or error from error
    facts = {"rule": criteria.sha256, "on": str(on), "floor": floor}
    record(verb="rolls.created", subject=made, actor=by, at=at, **facts)
    for role, people in ((Officer.Role.OFFICER, officers), (Officer.Role.OBSERVER, observers)):
        for person in people:
            appoint_officer(roll=made, person=person, role=role, by=by, at=at)
    return made


@transaction.atomic
def appoint_officer(
    *, roll: Roll, person: Person, role: str, by: Person | None, at: datetime
) -> Officer:
    """Have somebody answer for a roll or watch over it. Raises `Refused`."""
    Roll.objects.select_for_update().get(pk=roll.pk)
    is_appointed = roll.officers.filter(person=person).exists()
    if refusal := why_not_appoint(person, is_appointed=is_appointed):
        raise refusal
    made = Officer.objects.create(roll=roll, person=person, role=role)
    record(verb="rolls.officer_appointed", subject=roll, actor=by, at=at, person=person.pk)
    return made


@transaction.atomic
def dismiss_officer(*, officer: Officer, by: Person, at: datetime) -> None:
    """Have somebody answer for a roll no longer; what they decided stays."""
    roll, person = officer.roll, officer.person_id
    officer.delete()
    record(verb="rolls.officer_dismissed", subject=roll, actor=by, at=at, person=person)


@transaction.atomic
def compute_roll(*, roll: Roll, by: Person | None = None, at: datetime) -> int:
    """Put on a draft whoever meets its criteria now; how many they are. Raises `Refused`."""
    held = _held(roll)
    if refusal := why_not_compute(held):
        raise refusal
    size = fill(held)
    roll.computed_at = held.computed_at = at
    held.save(update_fields=["computed_at"])
    record(verb="rolls.computed", subject=held, actor=by, at=at, voters=size)
    return size


@transaction.atomic
def publish_roll(*, roll: Roll, requests_until: datetime, by: Person | None, at: datetime) -> Roll:
    """Let everybody see how many stand on a roll, and ask for changes. Raises `Refused`."""
    held = _held(roll)
    officers, voters = held.officers.deciding().count(), held.voters.count()
    refusal = _why_not_run(held, by) or why_not_publish(
        held, officers=officers, voters=voters, until=requests_until, at=at
    )
    if refusal:
        raise refusal
    held.state, held.requests_until, held.published_at = held.State.PUBLISHED, requests_until, at
    held.save(update_fields=["state", "requests_until", "published_at"])
    facts = {"voters": voters, "requests_until": requests_until.isoformat()}
    record(verb="rolls.published", subject=held, actor=by, at=at, **facts)
    publish("rolls.published", roll_id=held.pk)
    return held


@transaction.atomic
def seal_roll(*, roll: Roll, override: str = "", by: Person | None, at: datetime) -> Roll:
    """Close a roll as it stands and write down the hash of its list. Raises `Refused`.

    Whether the time for requests is over is judged by the clock of the database.
    """
    held, override = _held(roll), override.strip()
    stored = completeness_of(held, at)
    whole, waiting = Wholeness.of(stored), held.requests.open().count()
    refusal = _why_not_run(held, by) or why_not_seal(
        held, open_requests=waiting, whole=whole, override=override, now=database_now()
    )
    if refusal:
        raise refusal
    leaves = leaves_of(held)
    held.state, held.sealed_at, held.sha256 = held.State.SEALED, at, roll_hash(leaves)
    held.completeness, held.override = stored, "" if whole.reaches(held.floor) else override
    held.save(update_fields=["state", "sealed_at", "sha256", "completeness", "override"])
    facts = {"rule": held.criteria.sha256, "on": str(held.on), "voters": len(leaves)}
    facts |= {name: stored[name] for name in ("share", "expected", "received")}
    facts |= {"sha256": held.sha256, "is_overridden": bool(held.override)}
    record(verb="rolls.sealed", subject=held, actor=by, at=at, **facts)
    publish("rolls.sealed", roll_id=held.pk)
    return held


@transaction.atomic
def discard_roll(*, roll: Roll) -> None:
    """Take an invented roll away with all that hangs on it, even if it is sealed.

    For the demo community, which may go again; ProtectedError where an election uses it.
    """
    with triggers.lifted(connection):
        Amendment.objects.filter(roll=roll).delete()
        Proposal.objects.filter(roll=roll).delete()
        Decision.objects.filter(request__roll=roll).delete()
        Request.objects.filter(roll=roll).delete()
        roll.voters.all().delete()
        roll.delete()


def _held(roll: Roll) -> Roll:
    """The same roll, read again and held until the transaction ends."""
    rows = Roll.objects.select_related("criteria").select_for_update(of=("self",))
    return rows.get(pk=roll.pk)


def _why_not_run(roll: Roll, by: Person | None) -> Refused | None:
    """Only officers; without anybody it is the site itself."""
    return None if by is None else why_not_run(is_officer=is_officer(roll, by))
