"""Pages on rolls that everybody may read."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from community.lib.paging import page_of
from community.lib.refusals import Refused
from contributors.criteria.words import said
from governance.rolls.access import reader, roll_at
from governance.rolls.actions import create_roll
from governance.rolls.cards import in_utc, period_of, standing_of, steps_of
from governance.rolls.forms import RollForm
from governance.rolls.leaves import written_list
from governance.rolls.models import Roll
from governance.rolls.queries import is_officer, leaves_of, sees_names, wholeness_of

page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def roll_list(request: HttpRequest) -> HttpResponse:
    """Every roll there is."""
    context = {
        "page": page_of(Roll.objects.with_rule().with_size(), request),
        "may_create": request.user.has_perm("rolls.create_roll"),
    }
    return render(request, "governance/rolls/list.html", context)


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """What a roll asks, how many stand on it, how complete that is, and what became of it."""
    roll, now = roll_at(slug), timezone.now()
    names = sees_names(roll, request.user)
    context = {
        **_about(request, roll),
        "sees_names": names,
        "is_officer": is_officer(roll, request.user),
        "size": None if roll.is_draft and not names else roll.voters.standing().count(),
        "is_taking": roll.takes_requests(now),
        "is_due": not roll.is_sealed and bool(roll.requests_until) and not roll.takes_requests(now),
        "whole": wholeness_of(roll, request.user, now),
        "steps": steps_of(roll, now),
        "officers": roll.officers.with_people(),
        "amendments": roll.amendments.select_related("person"),
        "proposals": roll.proposals.filter(state="open").count() if names else 0,
        "requests": roll.requests.counts(),
    }
    return render(request, "governance/rolls/detail.html", context)


def _about(request: HttpRequest, roll: Roll) -> dict[str, Any]:
    """What the roll is made by."""
    return {
        "roll": roll,
        "said": said(roll.criteria.document),
        "period": period_of(roll),
        "may_appoint": request.user.has_perm("rolls.appoint_officer"),
    }


@require_safe
def salted_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The list that names nobody, byte by byte as it is hashed."""
    roll = roll_at(slug)
    if roll.is_draft:
        raise Http404
    answer = HttpResponse(written_list(leaves_of(roll)), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{roll.slug}.txt"'
    return answer


@require_safe
@login_required
def me(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether the reader is on a roll, and why."""
    roll, now, person = roll_at(slug), timezone.now(), reader(request)
    context = {
        **_about(request, roll),
        "standing": standing_of(roll, person, person),
        "whole": wholeness_of(roll, person, now),
        "is_taking": roll.takes_requests(now),
        "until_utc": in_utc(roll.requests_until) if roll.requests_until else "",
        "officers": roll.officers.deciding().with_people(),
    }
    return render(request, "governance/rolls/me.html", context)


@login_required
@page
def create(request: HttpRequest) -> HttpResponse:
    """Begin a roll."""
    if not request.user.has_perm("rolls.create_roll"):
        raise PermissionDenied
    form = RollForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            roll = create_roll(by=reader(request), at=timezone.now(), **form.facts())
        except Refused as refusal:
            form.add_error("slug" if refusal.code in {"taken", "reserved"} else None, str(refusal))
        else:
            return redirect(roll)
    return render(request, "governance/rolls/create.html", {"form": form})
