"""What is known of those who stand: who they are to the reader, and what their cards say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import unescape
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from community.audit.models import Event
from community.lib.markdown import render_markdown
from community.lib.moments import exact
from community.lib.refusals import Refused
from community.people.erasure import with_absorbed
from community.people.exports import Rows
from community.people.models import Affiliation, Organization, Person
from community.people.profiles import find_person
from community.people.visibility import may_see
from governance.ballots.candidacy_querysets import human
from governance.ballots.candidacy_rules import Part, takes_nominations
from governance.ballots.endorsing import Support, on_roll, supports_of
from governance.ballots.freezing import employers_on
from governance.ballots.models import Candidacy, Election, Endorsement, Option
from governance.rolls.models import Officer, Roll, Voter
from governance.rolls.querysets import voter_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from governance.ballots.querysets import ElectionQuerySet

    Viewer = Person | AnonymousUser

State = Candidacy.State
NOBODY = Part()
LEFT = {"ballots.nomination_declined", "ballots.candidate_withdrew"}
WORDS = 45  # of a statement's beginning
MOST_FOUND = 20
STEPS = {
    "ballots.nominated": _("Nominated"),
    "ballots.nomination_accepted": _("Accepted the nomination"),
    "ballots.nomination_declined": _("Declined the nomination"),
    "ballots.statement_written": _("Wrote the statement"),
    "ballots.candidate_withdrew": _("Withdrew"),
}


def elections_shown_to(viewer: "Viewer") -> "ElectionQuerySet":
    """Elections of people whose candidates the viewer may see.

    Drafts are for officers, but not before whoever is on a published roll may nominate.
    """
    open_rolls = Q(roll__state__in=[Roll.State.PUBLISHED, Roll.State.SEALED])
    visible = Q(pk__in=Election.objects.visible_to(viewer).values("pk"))
    found = Election.objects.filter(visible | open_rolls, is_of_people=True)
    return found.select_related("roll")


def part_of(election: Election, person: "Viewer") -> Part:
    """What somebody has to do with an election."""
    if not isinstance(person, Person):
        return NOBODY
    ids = frozenset(with_absorbed(person.pk))
    officers = Officer.objects.deciding().filter(roll=election.roll_id, person__in=ids)
    is_voter = voter_of(election.roll, person) is not None
    return Part(is_voter=is_voter, is_officer=officers.exists(), ids=ids)


def sees_all(viewer: "Viewer", part: Part) -> bool:
    """Whether somebody also sees who declined: those who answer for it, and maintainers."""
    return part.is_officer or viewer.is_staff


def employer_on(day: date, person: Person) -> Organization | None:
    """Whom somebody works for on a day, the one that `employers_on` names."""
    rows = Affiliation.objects.on(day).filter(person=person).exclude(organization=None)
    found = rows.select_related("organization").order_by("pk").last()
    return found.organization if found else None


@dataclass(frozen=True, slots=True)
class Status:
    """Where a candidacy stands, in words; `kind` is that of a chip."""

    code: str
    label: "str | Promise"
    kind: str = "plain"


STATUSES = {
    one.code: one
    for one in (
        Status("nominated", _("Not answered yet")),
        Status("declined", _("Declined")),
        Status("withdrawn", _("Withdrew")),
        Status("withdrawn_late", _("Withdrew after the announcement"), "bad"),
        Status("off_roll", _("Not on the roll"), "bad"),
        Status("unsupported", _("Needs endorsements"), "warn"),
        Status("standing", _("Stands"), "good"),
        Status("on_ballot", _("On the ballot"), "good"),
        Status("left_out", _("Not on the ballot")),
    )
}


@dataclass(frozen=True, slots=True)
class Card:
    """A candidacy as pages and programs are told of it; frozen words stand once there are any."""

    candidacy: Candidacy
    support: Support
    status: Status
    employer: str
    statement: str

    @property
    def is_standing(self) -> bool:
        """Whether it is, or is about to be, on the ballot and was not withdrawn."""
        return self.status.code in {"unsupported", "standing", "on_ballot"}

    @property
    def beginning(self) -> str:
        """The first words of the statement without marks; a template has to escape them."""
        text = unescape(strip_tags(render_markdown(self.statement)))
        return Truncator(" ".join(text.split())).words(WORDS)


def cards_of(election: Election, candidacies: Sequence[Candidacy], day: date) -> list[Card]:
    """A card of each candidacy of an election, in the same order and in as many queries for all."""
    supports, voters = supports_of(candidacies, election), on_roll(candidacies, election)
    options: dict[int | None, Option] = {}
    if election.state != Election.State.DRAFT:
        options = {one.person_id: one for one in election.options.exclude(person=None)}
    employers = employers_on(day, [one.person_id for one in candidacies])
    return [
        _card(
            one,
            supports[one.pk],
            options.get(one.person_id),
            is_on_roll=one.pk in voters,
            is_draft=election.state == Election.State.DRAFT,
            employer=employers.get(one.person_id, ""),
        )
        for one in candidacies
    ]


def _card(
    candidacy: Candidacy,
    support: Support,
    option: Option | None,
    *,
    is_on_roll: bool,
    is_draft: bool,
    employer: str,
) -> Card:
    code = str(candidacy.state)
    if code == State.WITHDRAWN and option:
        code = "withdrawn_late"
    elif code == State.ACCEPTED and is_draft:
        enough = "standing" if support.is_enough else "unsupported"
        code = enough if is_on_roll else "off_roll"
    elif not is_draft and code in {State.ACCEPTED, State.NOMINATED}:
        code = "on_ballot" if option else "left_out"
    return Card(
        candidacy,
        support,
        STATUSES[code],
        employer=option.employer if option else employer,
        statement=option.text if option else candidacy.statement,
    )


def shuffled(cards: Iterable[Card]) -> list[Card]:
    """In an order by which nobody is always the first."""
    found = list(cards)
    SystemRandom().shuffle(found)
    return found


def candidacies_shown_to(election: Election, viewer: "Viewer", part: Part) -> list[Candidacy]:
    """The candidacies of an election that somebody may know of, the oldest first."""
    shown = Candidacy.objects.filter(election=election)
    if not sees_all(viewer, part):
        shown = shown.shown_to(part.ids)
    found = list(shown.select_related("person", "nominated_by"))
    for one in found:
        one.election = election
    return found


def candidacy_called(
    election: Election, handle: str, viewer: "Viewer", part: Part
) -> Candidacy | None:
    """The candidacy of whoever a handle means, today's or an earlier one, if it is shown."""
    shown = candidacies_shown_to(election, viewer, part)
    wanted = handle.lower()
    found = next((one for one in shown if one.person.handle.lower() == wanted), None)
    if found is None and (person := find_person(handle.replace("\0", ""))):
        people = with_absorbed(person.pk)
        found = next((one for one in shown if one.person_id in people), None)
    return found


def endorsers_of(candidacy: Candidacy, viewer: "Viewer") -> list[tuple[Endorsement, str]]:
    """Who endorses somebody since when, with the employer of that day if they show it."""
    rows = candidacy.endorsements.select_related("person", "employer").order_by("endorsed_at", "pk")
    return [
        (one, str(one.employer) if one.employer and _shows(one.person, viewer) else "")
        for one in rows
    ]


def _shows(person: Person, viewer: "Viewer") -> bool:
    return may_see(viewer, person, "affiliations")


def history_of(card: Card) -> list[dict[str, Any]]:
    """What became of a candidacy, step by step, as the log keeps it."""
    candidacy, election = card.candidacy, card.candidacy.election
    events = Event.objects.about(candidacy).filter(verb__in=STEPS).in_order()
    steps: list[dict[str, Any]] = [
        {
            "label": STEPS[one.verb],
            "moment": one.happened_at,
            "state": "bad" if one.verb in LEFT else "done",
            "note": _note(one, candidacy),
        }
        for one in events.select_related("actor")
    ]
    if card.status.code in {"on_ballot", "withdrawn_late"}:
        label = _("Announced as a candidate")
        steps.append({"label": label, "moment": election.frozen_at, "state": "done", "note": ""})
    return sorted(steps, key=lambda step: step["moment"])


def _note(event: Event, candidacy: Candidacy) -> str:
    """By whom somebody was nominated."""
    if event.verb != "ballots.nominated" or event.actor is None:
        return ""
    if event.actor_id == candidacy.person_id:
        return str(_("By themselves"))
    return str(_("By %(name)s")) % {"name": event.actor}


@dataclass(frozen=True, slots=True)
class Window:
    """When nominations are taken: until a moment, or until it is announced."""

    refusal: Refused | None  # why none are taken now
    until: datetime | None

    @property
    def clocks(self) -> list[str]:
        """The end in the reader's zone and in UTC, once where they are the same."""
        if self.until is None:
            return []
        return list(dict.fromkeys([exact(self.until), exact(self.until, UTC)]))


def window_of(election: Election, at: datetime) -> Window:
    """The time for nominations as it stands at this moment."""
    return Window(takes_nominations(election, at), election.nominations_until)


def people_found(text: str) -> list[Person]:
    """People with an account by a piece of handle or name; few, and never bots."""
    if not text.strip():
        return []
    found = Person.objects.present().human().filter(is_active=True).matching(text)
    return list(found.order_by("handle")[:MOST_FOUND])


@dataclass(frozen=True, slots=True)
class Known:
    """What a list of people have to do with an election, in three queries for all of them."""

    voters: frozenset[int]
    officers: frozenset[int]
    candidacies: dict[int, Candidacy]

    def part(self, person: Person) -> Part:
        pk = person.pk
        return Part(is_voter=pk in self.voters, is_officer=pk in self.officers, ids=frozenset({pk}))


def known_of(election: Election, people: Sequence[Person]) -> Known:
    """Reads what `Known` holds."""

    def who(rows: Any, name: str = "person") -> Any:
        return rows.annotate(who=human(name)).filter(who__in=ids)

    ids = [one.pk for one in people]
    voters = who(Voter.objects.standing().filter(roll=election.roll_id))
    officers = who(Officer.objects.deciding().filter(roll=election.roll_id))
    candidacies = who(Candidacy.objects.filter(election=election).select_related("person"))
    return Known(
        frozenset(voters.values_list("who", flat=True)),
        frozenset(officers.values_list("who", flat=True)),
        {one.who: one for one in candidacies},
    )


def withdrawn_since_frozen(election: Election) -> list[Candidacy]:
    """Those who are on the announced ballot and withdrew since; the ballot stays as it is."""
    found = Candidacy.objects.withdrawn_since_frozen(election)
    return list(found.select_related("person").order_by("withdrawn_at"))


def withdrawn_keys(election: Election) -> frozenset[str]:
    """The options of an announced ballot whose people withdrew since."""
    gone = Candidacy.objects.withdrawn_since_frozen(election).values("person")
    return frozenset(election.options.filter(person__in=gone).values_list("key", flat=True))


def own_candidacies(person: Person) -> Rows:
    """Where somebody was nominated and what they wrote, for what they may take along."""
    mine: Any = Candidacy.objects.of_person(person).order_by("pk")
    columns = ("state", "statement", "nominated_at", "answered_at", "withdrawn_at")
    rows: Rows = mine.values(*columns, slug=F("election__slug"))
    return rows


def own_endorsements(person: Person) -> Rows:
    """Whom somebody endorsed, for what they may take along."""
    mine: Any = Endorsement.objects.of_person(person).order_by("pk")
    election, candidate = F("candidacy__election__slug"), F("candidacy__person__handle")
    rows: Rows = mine.values("endorsed_at", slug=election, candidate=candidate)
    return rows
