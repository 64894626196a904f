"""Pages on which officers have a roll go on, and maintainers of the site appoint them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from community.jobs.clock import database_now
from community.lib.paging import page_of
from community.lib.refusals import Refused
from governance.rolls import actions
from governance.rolls.access import reader, roll_at, roll_for_names, roll_for_officer
from governance.rolls.exporting import table_of
from governance.rolls.forms import ConfirmForm, OfficerForm, PublishForm, SealForm
from governance.rolls.models import Officer
from governance.rolls.queries import doubles_on, is_officer, wholeness_of
from governance.rolls.rules import SHORTEST_OVERRIDE, why_not_publish, why_not_seal
from governance.rolls.views import page


@require_POST
@login_required
def compute(request: HttpRequest, slug: str) -> HttpResponse:
    """Find anew who meets the criteria of a draft."""
    roll = roll_at(slug)
    if not (is_officer(roll, request.user) or request.user.has_perm("rolls.create_roll")):
        raise PermissionDenied
    try:
        size = actions.compute_roll(roll=roll, by=reader(request), at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        text = ngettext("%(n)s person is on it.", "%(n)s people are on it.", size)
        messages.success(request, text % {"n": size})
    return redirect(roll)


@login_required
@page
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Let everybody see the roll and ask for changes."""
    roll, now = roll_for_officer(request, slug), timezone.now()
    form = PublishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["requests_until"]
        try:
            actions.publish_roll(roll=roll, requests_until=until, by=reader(request), at=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The roll is published."))
            return redirect(roll)
    officers, voters = roll.officers.deciding().count(), roll.voters.count()
    why_not = why_not_publish(roll, officers=officers, voters=voters, until=None, at=now)
    context = {"roll": roll, "form": form, "why_not": why_not, "voters": voters}
    return render(request, "governance/rolls/publish.html", context)


@login_required
@page
def seal(request: HttpRequest, slug: str) -> HttpResponse:
    """Close the roll as it stands."""
    roll, now = roll_for_officer(request, slug), timezone.now()
    whole, waiting = wholeness_of(roll, request.user, now), roll.requests.open().count()
    is_whole = whole.reaches(roll.floor)
    typed = request.POST if request.method == "POST" else None
    form = (ConfirmForm if is_whole else SealForm)(typed)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["override"]
        try:
            actions.seal_roll(roll=roll, override=text, by=reader(request), at=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The roll is sealed."))
            return redirect(roll)
    promised = " " * SHORTEST_OVERRIDE  # what is yet to be typed
    why_not = why_not_seal(
        roll, open_requests=waiting, whole=whole, override=promised, now=database_now()
    )
    context = {"roll": roll, "form": form, "why_not": why_not, "whole": whole, "is_whole": is_whole}
    return render(request, "governance/rolls/seal.html", context)


@require_safe
@login_required
def voters(request: HttpRequest, slug: str) -> HttpResponse:
    """Who stands on a roll."""
    roll = roll_for_names(request, slug)
    asked = request.GET.get("q", "").strip()[:100]
    rows = roll.voters.standing().matching(asked) if asked else roll.voters.standing()
    context = {
        "roll": roll,
        "q": asked,
        "page": page_of(rows.select_related("person").order_by("person__handle"), request),
        "doubles": doubles_on(roll),
    }
    return render(request, "governance/rolls/voters.html", context)


@require_safe
@login_required
def voters_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The same as a table for a spreadsheet."""
    roll = roll_for_names(request, slug)
    answer = StreamingHttpResponse(table_of(roll), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{roll.slug}.csv"'
    return answer


@login_required
@permission_required("rolls.appoint_officer", raise_exception=True)
@page
def officers(request: HttpRequest, slug: str) -> HttpResponse:
    """Who answers for a roll; what is posted appoints somebody."""
    roll = roll_at(slug)
    form = OfficerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.appoint_officer(
                roll=roll, by=reader(request), at=timezone.now(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("rolls:officers", roll.slug)
    context = {"roll": roll, "form": form, "officers": roll.officers.with_people()}
    return render(request, "governance/rolls/officers.html", context)


@require_POST
@login_required
@permission_required("rolls.appoint_officer", raise_exception=True)
def dismissal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Have somebody answer for a roll no longer."""
    officer = get_object_or_404(Officer.objects.select_related("roll"), pk=pk, roll__slug=slug)
    actions.dismiss_officer(officer=officer, by=reader(request), at=timezone.now())
    return redirect("rolls:officers", slug)
