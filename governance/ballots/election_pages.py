"""What the pages of elections show, put together for one reader."""

import io
import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.ballots import explaining_motions
from governance.ballots.candidacies import withdrawn_keys
from governance.ballots.explaining import explained
from governance.ballots.lives import life_of
from governance.ballots.models import Election
from governance.ballots.officer_forms import LotForm, TieForms
from governance.ballots.queries import (
    Turnout,
    standing_of,
    turnouts,
    waits_for_officers,
    why_count_stopped,
)
from governance.ballots.reading import alternatives_in, result_in
from governance.ballots.rulebook import rulebook_of
from governance.ballots.rules import why_not_vote
from governance.ballots.rules_said import method_name, sentences
from governance.ballots.voters_named import named_votes, who_voted

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.people.models import Person

    Viewer = Person | AnonymousUser

State = Election.State
EARLIEST = (1980, 1, 1, 0, 0, 0)  # a ZIP file knows none before


@dataclass(frozen=True)
class Row:
    """An election in a list."""

    election: Election
    status: tuple[str, str]  # words and kind of chip
    moment: datetime | None
    turnout: Turnout
    waits_for_reader: bool


def status_of(election: Election, at: datetime) -> tuple[str, str]:
    """The state in a word or two, and the kind of its chip."""
    if election.state == State.FROZEN:
        if at < election.opens_at:
            return _("Announced"), "plain"
        return (_("Open"), "good") if election.is_open(at) else (_("Closed"), "plain")
    kinds = {State.PUBLISHED: "honour", State.CANCELED: "bad", State.DRAFT: "warn"}
    return str(State(election.state).label), kinds.get(State(election.state), "plain")


def list_rows(elections: Sequence[Election], viewer: "Viewer", at: datetime) -> list[Row]:
    """The rows of a list, by few queries however long it is."""
    found = turnouts(elections)
    waiting: set[int] = set()
    if viewer.is_authenticated:
        waiting = set(Election.objects.awaiting(viewer, at).values_list("pk", flat=True))
    return [
        Row(one, status_of(one, at), _next(one, at), found[one.pk], one.pk in waiting)
        for one in elections
    ]


def _next(election: Election, at: datetime) -> datetime | None:
    """The moment that a reader of the list wants to know."""
    if election.state == State.DRAFT or at < election.opens_at:
        return election.opens_at
    return election.published_at or election.canceled_at or election.closes_at


def page_of_election(election: Election, viewer: "Viewer", at: datetime) -> dict[str, Any]:
    """Everything that the page of an election shows to this reader."""
    rulebook, standing = rulebook_of(election.rules), standing_of(election, viewer)
    options = list(election.options.select_related("person"))
    random.shuffle(options)
    turnout = turnouts([election])[election.pk]
    runs = viewer.is_authenticated and viewer.has_perm("ballots.run_election", election)
    context = {
        "election": election,
        "status": status_of(election, at),
        "method": method_name(rulebook),
        "rules": sentences(rulebook),
        "options": sorted(options, key=lambda one: one.key) if rulebook.keys else options,
        "are_answers": bool(rulebook.keys),
        "standing": standing,
        "withdrawn": withdrawn_keys(election) if election.is_of_people else frozenset(),
        "refusal": why_not_vote(election, is_on_roll=standing.may_vote, at=at),
        "is_open": election.is_open(at),
        "why_stopped": why_count_stopped(election),
        "is_ahead": election.state == State.FROZEN and at < election.opens_at,
        "life": life_of(election, at),
        "meter": meter_of(turnout),
        "moments": [both(one) for one in (election.opens_at, election.closes_at)],
        "runs": runs,
        "may_write": viewer.has_perm("ballots.write_election", election),
    }
    if election.state == State.PUBLISHED:
        context |= outcome_of(election) | {"documents": documents_of(election)}
    if election.published_at and election.lists_voters and election.is_secret:
        context["voted"] = who_voted(election)
    if election.published_at and not election.is_secret:
        context["votes"] = named_votes(election)
    if runs:
        context |= officers_part(election)
    return context


def officers_part(election: Election) -> dict[str, Any]:
    """What only officers have to do."""
    asks = rulebook_of(election.rules)
    waits = election.state == State.CLOSED and asks.asks_for_lot and not election.lot_value
    outcome = (election.result or {}).get("outcome", {})
    ties = TieForms(outcome, _titles(election)) if waits_for_officers(election) else None
    return {"lot_form": LotForm() if waits else None, "ties_form": ties}


def outcome_of(election: Election) -> dict[str, Any]:
    """The published result, explained."""
    result, titles = election.result, _titles(election)
    said = result["outcome"]
    context: dict[str, Any] = {"published": result}
    if "profile" not in said:
        rows, why = explaining_motions.rows(said), explaining_motions.why(said)
        return context | {"motion": {"rows": rows, "why": why, "passed": said["passed"]}}
    others = alternatives_in(result["sensitivity"], titles)
    return context | explained(result_in(said, titles), others)


def documents_of(election: Election) -> list[tuple[str, int]]:
    """The names and sizes of the published files."""
    rows = election.documents.values_list("name", "content")
    return [(name, len(bytes(content))) for name, content in rows]


def files_of(election: Election) -> bytes:
    """The published files in one ZIP file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in election.documents.all():
            name = zipfile.ZipInfo(f"{election.slug}/{one.name}", EARLIEST)
            archive.writestr(name, bytes(one.content), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def meter_of(turnout: Turnout) -> dict[str, Any]:
    """The turnout as a meter."""
    text = ngettext(
        "%(cast)s of %(number)s voter", "%(cast)s of %(number)s voters", turnout.electorate
    )
    said = text % {"cast": turnout.cast, "number": turnout.electorate}
    return {"label": _("Turnout"), "text": said, "share": turnout.share}


def both(moment: datetime) -> dict[str, Any]:
    """A moment in the reader's zone and in UTC."""
    return {
        "at": moment,
        "here": localtime(moment),
        "zone": localtime(moment).tzname(),
        # Without a zone: a template turns moments that have one into the reader's.
        "utc": moment.astimezone(UTC).replace(tzinfo=None),
    }


def _titles(election: Election) -> dict[str, str]:
    return {one["key"]: one["title"] for one in election.manifest_document.get("options", ())}
