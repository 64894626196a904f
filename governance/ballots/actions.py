"""Verbs on elections, from the first draft to the published folder."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from community.audit.actions import record
from community.jobs.clock import database_now
from community.jobs.topics import publish
from community.lib.refusals import Refused
from governance.ballots import sealing
from governance.ballots.folder.building import merkle_root
from governance.ballots.freezing import candidates_of, options_of_rules
from governance.ballots.manifest import digest, longest_content, manifest_of
from governance.ballots.models import Election, Envelope, Option
from governance.ballots.papers import WrongBox, empty_box, put_on_table
from governance.ballots.publishing import folder_of, keep
from governance.ballots.queries import why_count_stopped
from governance.ballots.rulebook import rulebook_of
from governance.ballots.rules import (
    why_not_cancel,
    why_not_change,
    why_not_close,
    why_not_count,
    why_not_decide,
    why_not_freeze,
    why_not_name_lot,
    why_not_publish,
    why_not_write,
)
from governance.rolls.canonical import canonical
from governance.rolls.models import Officer, Roll, Voter

if TYPE_CHECKING:
    from community.people.models import Person

State = Election.State


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What an election says before it is frozen."""

    title: str
    rules: Mapping[str, Any]
    roll: Roll
    opens_at: datetime
    closes_at: datetime
    text: str = ""
    mode: str = Election.Mode.SECRET
    is_of_people: bool = True
    time_zone: str = "UTC"
    nominations_until: datetime | None = None
    challenge_hours: int = 24
    publication: str = Election.Publication.FULL
    lists_voters: bool = False
    gives_receipts: bool = True
    lot_source: str = ""
    endorsers: int = 0
    endorsing_employers: int = 0
    # Key, title and text of each option; of people, candidates come by nomination.
    options: Sequence[tuple[str, str, str]] = field(default=())

    def columns(self) -> dict[str, Any]:
        """The columns of the election's row."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        del found["options"]
        return found | {"rules": rulebook_of(self.rules).document()}


@transaction.atomic
def create_election(*, slug: str, draft: Draft, by: "Person | None", at: datetime) -> Election:
    """Write down what is to be decided. Raises `Refused`."""
    if refusal := why_not_write(draft.rules, draft.opens_at, draft.closes_at):
        raise refusal
    try:
        with transaction.atomic():
            election = Election.objects.create(
                slug=slug, created_by=by, created_at=at, **draft.columns()
            )
    except IntegrityError as error:
        taken = Refused("taken", _("Another election has this short name."))
        raise taken from error
    _write_options(election, draft.options)
    record(verb="ballots.drafted", subject=election, actor=by, at=at)
    return election


@transaction.atomic
def change_election(*, election: Election, draft: Draft, by: "Person", at: datetime) -> Election:
    """Write a draft anew. Raises `Refused`."""
    election = _locked(election)
    refusal = why_not_change(election)
    refusal = refusal or why_not_write(draft.rules, draft.opens_at, draft.closes_at)
    if refusal:
        raise refusal
    for name, value in draft.columns().items():
        setattr(election, name, value)
    election.save()
    election.options.filter(person=None).delete()
    _write_options(election, draft.options)
    record(verb="ballots.redrafted", subject=election, actor=by, at=at)
    return election


def _write_options(election: Election, options: Iterable[tuple[str, str, str]]) -> None:
    rows = [Option(election=election, key=k, title=t, text=x) for k, t, x in options]
    Option.objects.bulk_create(rows)


@transaction.atomic
def freeze_election(*, election: Election, by: "Person | None", at: datetime) -> Election:
    """Announce it: from now on neither people nor the database change what it says.

    Raises `Refused`.
    """
    election = _locked(election)
    roll = Roll.objects.select_for_update().get(pk=election.roll_id)
    rulebook = rulebook_of(election.rules)
    if election.state == State.DRAFT:
        Option.objects.bulk_create(options_of_rules(election, rulebook))
        Option.objects.bulk_create(candidates_of(election, at.date()))
    voters = Voter.objects.standing().filter(roll=roll).count()
    officers = set(Officer.objects.deciding().filter(roll=roll).values_list("person", flat=True))
    options = list(election.options.all())
    refusal = why_not_freeze(
        *(election, roll), voters=voters, options=options, officers=officers, at=database_now()
    )
    if refusal:
        raise refusal
    if election.is_secret:
        election.box_key = sealing.make_box(election.uid)
        election.box_size = longest_content(rulebook, [one.key for one in options])
    document = manifest_of(election, voters=voters, box_key=election.box_key)
    election.manifest = canonical(document).decode()
    election.manifest_sha256 = digest(election.manifest)
    election.state, election.frozen_at = State.FROZEN, at
    election.save()
    facts = {"manifest": election.manifest_sha256, "roll": roll.sha256}
    record(verb="ballots.announced", subject=election, actor=by, at=at, **facts)
    publish("ballots.announced", election_id=election.pk)
    return election


@transaction.atomic
def close_election(*, election: Election, at: datetime) -> Election:
    """Shut the box once its time is up, and say what lies in it without opening it.

    Envelopes of voters who were taken off the roll meanwhile are set aside.
    Closing twice is closing once. Raises `Refused`.
    """
    election = _locked(election)
    if election.closed_at:
        return election
    if refusal := why_not_close(election, database_now()):
        raise refusal
    aside = election.envelopes.exclude(voter__removed_at=None).delete()[0]
    aside += election.open_votes.exclude(voter=None).exclude(voter__removed_at=None).delete()[0]
    hashes = list(Envelope.objects.hashes_of(election))
    if election.is_secret:
        election.box_root, election.envelope_count = merkle_root(hashes), len(hashes)
    else:
        election.envelope_count = election.open_votes.exclude(voter=None).count()
    election.state, election.closed_at = State.CLOSED, at
    election.save()
    record(
        verb="ballots.closed",
        subject=election,
        at=at,
        root=election.box_root,
        envelopes=election.envelope_count,
        set_aside=aside,
    )
    publish("ballots.closed", election_id=election.pk)
    return election


@transaction.atomic
def name_lot(*, election: Election, value: str, by: "Person", at: datetime) -> Election:
    """Say what the announced source of a lot turned out to be. Raises `Refused`."""
    election, value = _locked(election), value.strip()
    if refusal := why_not_name_lot(election, value):
        raise refusal
    election.lot_value = value
    election.save(update_fields=["lot_value"])
    record(verb="ballots.lot_said", subject=election, actor=by, at=at, value=value)
    return election


@transaction.atomic
def count_election(*, election: Election, at: datetime) -> Election:
    """Open the box, lay the ballots on the table and count them, once.

    The private key is destroyed by a job after this is committed. Raises `Refused`, and
    `WrongBox` where the box is not in order.
    """
    election = _locked(election)
    if election.counted_at:
        return election
    if refusal := why_not_count(election, database_now()):
        raise refusal
    if election.is_secret:
        papers, election.invalid_count = empty_box(election)
        put_on_table(election, papers)
    else:
        election.invalid_count = 0
    election.state, election.counted_at = State.COUNTED, at
    election.result = folder_of(election).result
    election.save()
    valid, invalid = election.result["valid"], election.result["invalid"]
    record(verb="ballots.counted", subject=election, at=at, valid=valid, invalid=invalid)
    publish("ballots.counted", election_id=election.pk)
    return election


@transaction.atomic
def stop_count(*, election: Election, wrong: WrongBox, at: datetime) -> None:
    """Write down why the box was not counted, once for each reason, and have officers told."""
    election = _locked(election)
    if why_count_stopped(election) != wrong.reason:
        record(verb="ballots.count_stopped", subject=election, at=at, why=wrong.code)
        publish("ballots.count_stopped", election_id=election.pk)


@transaction.atomic
def decide_tie(
    *, election: Election, order: Sequence[str], reason: str, by: "Person", at: datetime
) -> Election:
    """Put tied options in an order, with the reason, where the rules leave it to officers.

    Raises `Refused`.
    """
    election = _locked(election)
    outcome = election.result["outcome"] if election.result else {}
    tied = [one["options"] for one in outcome.get("ties", ()) if one["broken_by"] is None]
    if refusal := why_not_decide(election, tied, order, reason):
        raise refusal
    election.decisions = [*election.decisions, {"order": list(order), "reason": reason.strip()}]
    election.result = folder_of(election).result
    election.save()
    record(verb="ballots.tie_decided", subject=election, actor=by, at=at, order=list(order))
    return election


@transaction.atomic
def publish_election(*, election: Election, by: "Person | None" = None, at: datetime) -> Election:
    """Sign the folder and let everybody have it. Doing it twice is doing it once.

    Raises `Refused`.
    """
    election = _locked(election)
    if election.published_at:
        return election
    if refusal := why_not_publish(election):
        raise refusal
    digest_of_all = keep(election, folder_of(election).files())
    election.state, election.published_at = State.PUBLISHED, at
    election.save()
    record(verb="ballots.published", subject=election, actor=by, at=at, sha256=digest_of_all)
    publish("ballots.published", election_id=election.pk)
    return election


@transaction.atomic
def cancel_election(*, election: Election, reason: str, by: "Person", at: datetime) -> Election:
    """Call it off; what lies in its box is thrown away and never counted.

    The private key is destroyed by a job after this is committed. Raises `Refused`.
    """
    election = _locked(election)
    is_stopped = bool(why_count_stopped(election))
    if refusal := why_not_cancel(election, reason, is_stopped=is_stopped):
        raise refusal
    election.envelopes.update(content=None)
    election.state, election.canceled_at = State.CANCELED, at
    election.cancel_reason = reason.strip()
    election.save()
    record(verb="ballots.canceled", subject=election, actor=by, at=at)
    publish("ballots.canceled", election_id=election.pk)
    return election


@transaction.atomic
def discard_election(*, election: Election) -> None:
    """Take an invented election away with everything in it; no page or command does this."""
    for rows in (election.documents, election.papers, election.envelopes, election.open_votes):
        rows.all().delete()
    sealing.destroy_box(election.uid)
    election.delete()


def _locked(election: Election) -> Election:
    """The row as it is now, held until the transaction ends."""
    return Election.objects.select_for_update(of=("self",)).get(pk=election.pk)
