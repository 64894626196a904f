"""Pages of those who stand in an election."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.jobs.clock import database_now
from community.lib.refusals import Refused
from community.people.models import Person
from governance.ballots.candidacies import (
    Card,
    candidacies_shown_to,
    candidacy_called,
    cards_of,
    elections_shown_to,
    employer_on,
    endorsers_of,
    history_of,
    known_of,
    part_of,
    people_found,
    shuffled,
    window_of,
)
from governance.ballots.candidacy_forms import NominateForm, StatementForm
from governance.ballots.candidacy_rules import (
    Part,
    why_not_accept,
    why_not_decline,
    why_not_endorse,
    why_not_nominate,
    why_not_propose,
    why_not_stand,
    why_not_take_back,
    why_not_withdraw,
    why_not_write_statement,
)
from governance.ballots.models import Candidacy, Election
from governance.ballots.nominating import (
    accept_nomination,
    decline_nomination,
    endorse,
    nominate,
    take_back_endorsement,
    withdraw,
    write_statement,
)

page = require_http_methods(["GET", "HEAD", "POST"])
DEEDS: dict[str, tuple[Callable[..., object], str | Promise]] = {
    "accept": (accept_nomination, gettext_lazy("You stand. Now say why in a statement.")),
    "decline": (decline_nomination, gettext_lazy("You declined the nomination.")),
    "endorse": (endorse, gettext_lazy("You endorse this candidate.")),
    "take-back": (take_back_endorsement, gettext_lazy("Your endorsement is taken back.")),
}


@require_safe
def candidates(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody who stands, in a new order each time, and the others below."""
    election, part = _election(request, slug)
    now = database_now()
    shown = candidacies_shown_to(election, request.user, part)
    cards = cards_of(election, shown, timezone.now().date())
    mine = next((one for one in shown if part.owns(one)), None)
    context = {
        "standing": shuffled(one for one in cards if one.is_standing),
        "others": [one for one in cards if not one.is_standing],
        "withdrawn": [one.candidacy for one in cards if one.status.code == "withdrawn_late"],
        "window": window_of(election, now),
        "mine": mine,
        "propose_refusal": why_not_propose(election, part, now),
        "stand_refusal": why_not_stand(election, part, mine, now),
    }
    return _page(request, "list", election, part, context)


@require_safe
def detail(request: HttpRequest, slug: str, handle: str) -> HttpResponse:
    """One of them: the statement in full, who endorses it, and what became of it."""
    election, part = _election(request, slug)
    candidacy = _candidacy(request, election, handle, part)
    if candidacy.person.handle.lower() != handle.lower():
        return redirect(candidacy, permanent=True)
    (card,) = cards_of(election, [candidacy], timezone.now().date())
    endorsers = endorsers_of(candidacy, request.user)
    has_endorsed = any(one.person_id in part.ids for one, _employer in endorsers)
    context = {
        "card": card,
        "endorsers": endorsers,
        "has_endorsed": has_endorsed,
        "history": history_of(card),
        "is_own": part.owns(candidacy),
        "refusals": _refusals(card, election, part, has_endorsed=has_endorsed),
    }
    return _page(request, "detail", election, part, context)


@login_required
@page
def propose(request: HttpRequest, slug: str) -> HttpResponse:
    """Find somebody and nominate them."""
    election, part = _election(request, slug)
    by = _person(request)
    form = NominateForm(request.POST or None)
    if form.is_valid():
        nominee = form.cleaned_data["handle"]
        try:
            made = nominate(election=election, person=nominee, by=by, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if part.owns(made):
                messages.success(request, str(DEEDS["accept"][1]))
                return redirect("candidates:statement", slug, made.person.handle)
            messages.success(request, _("%(name)s is nominated.") % {"name": nominee})
            return redirect(made)
    return _propose_page(request, election, part, form)


def _propose_page(
    request: HttpRequest, election: Election, part: Part, form: NominateForm
) -> HttpResponse:
    """The search with what it found; beside each the reason where there is one."""
    now, by = database_now(), _person(request)
    text = request.GET.get("q", "")[:100].replace("\0", "")
    refusal = why_not_propose(election, part, now)
    people = [] if refusal else people_found(text)
    known = known_of(election, [*people, by])
    context = {
        "form": form,
        "window": window_of(election, now),
        "text": text,
        "propose_refusal": refusal,
        "stand_refusal": why_not_stand(election, part, known.candidacies.get(by.pk), now),
        "found": []
        if refusal
        else [(one, *_chance(election, part, one, known, now)) for one in people],
    }
    return _page(request, "nominate", election, part, context)


def _chance(
    election: Election, by: Part, person: Person, known: Any, now: Any
) -> tuple[Refused | None, Candidacy | None]:
    """Why somebody cannot be nominated, and their candidacy if there is one."""
    there = known.candidacies.get(person.pk)
    if person.pk in by.ids:
        return why_not_stand(election, by, there, now), there
    part = known.part(person)
    return why_not_nominate(election, by, part, str(person), there, now), there


@login_required
@page
def statement(request: HttpRequest, slug: str, handle: str) -> HttpResponse:
    """Write why one stands, and see what it will look like."""
    election, part = _election(request, slug)
    candidacy = _candidacy(request, election, handle, part)
    refusal = why_not_write_statement(candidacy, election, part)
    form = StatementForm(request.POST or None, initial={"text": candidacy.statement})
    if form.is_valid() and "preview" not in request.POST:
        facts = {"by": _person(request), "at": timezone.now()}
        try:
            write_statement(candidacy=candidacy, text=form.cleaned_data["text"], **facts)
        except Refused as late:
            form.add_error(None, str(late))
        else:
            messages.success(request, _("The statement is saved."))
            return redirect(candidacy)
    employer = employer_on(timezone.now().date(), candidacy.person)
    context = {"candidacy": candidacy, "form": form, "refusal": refusal, "employer": employer}
    if "preview" in request.POST and form.is_valid():
        context["preview"] = form.cleaned_data["text"]
    return _page(request, "statement", election, part, context)


@login_required
@page
def step_back(request: HttpRequest, slug: str, handle: str) -> HttpResponse:
    """Say what withdrawing means, and do it."""
    election, part = _election(request, slug)
    candidacy = _candidacy(request, election, handle, part)
    refusal = why_not_withdraw(candidacy, election, part, database_now())
    if request.method == "POST":
        try:
            withdraw(candidacy=candidacy, by=_person(request), at=timezone.now())
        except Refused as late:
            refusal = late
        else:
            messages.success(request, _("You stand no more."))
            return redirect(candidacy)
    context = {"candidacy": candidacy, "refusal": refusal}
    return _page(request, "withdraw", election, part, context)


@require_POST
@login_required
def act(request: HttpRequest, slug: str, handle: str, verb: str) -> HttpResponse:
    """Answer a nomination, endorse somebody or take that back."""
    election, part = _election(request, slug)
    candidacy = _candidacy(request, election, handle, part)
    if verb not in DEEDS:
        raise Http404
    deed, said = DEEDS[verb]
    try:
        deed(candidacy=candidacy, by=_person(request), at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, str(said))
        if verb == "accept":
            return redirect("candidates:statement", slug, candidacy.person.handle)
    return redirect(candidacy)


def _page(
    request: HttpRequest, name: str, election: Election, part: Part, context: dict[str, Any]
) -> HttpResponse:
    """A page below an election, whose own page is for officers while it is a draft."""
    is_draft = election.state == Election.State.DRAFT
    sees_election = not is_draft or part.is_officer or request.user.is_staff
    shown = {"election": election, "sees_election": sees_election, **context}
    return render(request, f"governance/ballots/candidates/{name}.html", shown)


def _election(request: HttpRequest, slug: str) -> tuple[Election, Part]:
    """An election whose candidates the reader may see, and what they have to do with it."""
    election = get_object_or_404(elections_shown_to(request.user), slug=slug)
    return election, part_of(election, request.user)


def _candidacy(request: HttpRequest, election: Election, handle: str, part: Part) -> Candidacy:
    found = candidacy_called(election, handle, request.user, part)
    if found is None:
        raise Http404
    return found


def _person(request: HttpRequest) -> Any:
    """The signed-in person; the views that ask require one."""
    return request.user


def _refusals(
    card: Card, election: Election, part: Part, *, has_endorsed: bool
) -> dict[str, Refused | None]:
    """Why the reader cannot do what stands on the page, verb by verb."""
    one = card.candidacy
    return {
        "accept": why_not_accept(one, election, part),
        "decline": why_not_decline(one, election, part),
        "statement": why_not_write_statement(one, election, part),
        "withdraw": why_not_withdraw(one, election, part, database_now()),
        "endorse": why_not_endorse(one, election, part, has_endorsed=has_endorsed),
        "take_back": why_not_take_back(election, has_endorsed=has_endorsed),
    }
