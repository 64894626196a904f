"""Pages of requests: asking, and deciding."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from community.lib.paging import page_of
from community.lib.refusals import Refused
from community.people.erasure import with_absorbed
from community.people.models import Person
from community.people.profiles import kept_person
from governance.rolls.access import reader, roll_at
from governance.rolls.asking import decide_request, make_request, withdraw_request
from governance.rolls.cards import standing_of
from governance.rolls.forms import ASKING, DecisionForm
from governance.rolls.models import Request, Roll
from governance.rolls.queries import sees_names, tie_of
from governance.rolls.rules import why_not_decide
from governance.rolls.views import page


@require_safe
def requests(request: HttpRequest, slug: str) -> HttpResponse:
    """What was asked and how it was decided; who asked, to officers alone."""
    roll = roll_at(slug)
    names = sees_names(roll, request.user)
    rows = roll.requests.in_full() if names else roll.requests.settled().in_full()
    context = {"roll": roll, "page": page_of(rows, request), "sees_names": names}
    context |= {"counts": roll.requests.counts()}
    return render(request, "governance/rolls/requests.html", context)


@login_required
@page
def ask(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Ask to be put on a roll, or for somebody to be taken off it."""
    roll, me, now = roll_at(slug), reader(request), timezone.now()
    form = ASKING[kind](request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = {"person": me, **form.cleaned_data}
        try:
            made = make_request(roll=roll, kind=kind, by=me, at=now, **facts)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The officers have your request."))
            return redirect(made)
    context = {"roll": roll, "form": form, "kind": kind, "is_taking": roll.takes_requests(now)}
    return render(request, "governance/rolls/ask.html", context)


@login_required
@page
def request_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One request: to its officers with what the criteria say, to the person with the reasons."""
    roll, found = roll_at(slug), _request(slug, pk)
    me, names = reader(request), sees_names(roll, request.user)
    if not (names or _is_about(found, me)):
        raise Http404
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _decided(request, found, form):
        return redirect(found)
    context = {"roll": roll, "asked": found, "form": form, "sees_names": names}
    context |= {"is_mine": found.by_id == me.pk, **(_to_decide(roll, found, me) if names else {})}
    return render(request, "governance/rolls/request.html", context)


@require_POST
@login_required
def withdrawal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take back what one asked for."""
    found, me = _request(slug, pk), reader(request)
    if not _is_about(found, me):
        raise Http404
    try:
        withdraw_request(request=found, by=me, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The request is withdrawn."))
    return redirect(found)


def _request(slug: str, pk: int) -> Request:
    return get_object_or_404(Request.objects.in_full(), roll__slug=slug, pk=pk)


def _is_about(asked: Request, person: Person) -> bool:
    """Whether somebody asked for it, or it concerns them."""
    return bool({asked.by_id, asked.person_id} & with_absorbed(person.pk))


def _decided(request: HttpRequest, asked: Request, form: DecisionForm) -> bool:
    """Decide as the form says; False leaves the refusal on the form."""
    me, now = reader(request), timezone.now()
    try:
        decide_request(request=asked, officer=me, at=now, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Your decision is noted."))
    return True


def _to_decide(roll: Roll, asked: Request, me: Person) -> dict[str, object]:
    """What an officer looks at, and why this one cannot decide."""
    day = timezone.now().date()
    tie = tie_of(me, roll, about=asked.person, asked_by=asked.by, day=day)
    has_decided = any(one.officer_id == me.pk for one in asked.decisions.all())
    return {
        "standing": standing_of(roll, kept_person(asked.person), me),
        "why_not": why_not_decide(asked, roll, tie, has_decided=has_decided),
    }
