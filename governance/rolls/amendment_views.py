"""Pages on which two officers amend a sealed roll."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from community.lib.refusals import Refused
from governance.rolls.access import reader, roll_for_officer
from governance.rolls.amending import confirm_amendment, drop_proposal, propose_amendment
from governance.rolls.forms import AmendmentForm
from governance.rolls.models import Proposal
from governance.rolls.rules import why_not_confirm
from governance.rolls.views import page


@login_required
@page
def amend(request: HttpRequest, slug: str) -> HttpResponse:
    """What officers want changed, and a form for the next."""
    roll, me = roll_for_officer(request, slug), reader(request)
    form = AmendmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            propose_amendment(roll=roll, by=me, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Another officer has to confirm it now."))
            return redirect("rolls:amend", roll.slug)
    waiting = roll.proposals.filter(state=Proposal.State.OPEN).select_related("person", "by")
    context = {
        "roll": roll,
        "form": form,
        "proposals": [(one, why_not_confirm(one, me)) for one in waiting],
    }
    return render(request, "governance/rolls/amend.html", context)


@require_POST
@login_required
def settle(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Confirm a proposed amendment, or drop it."""
    roll, me = roll_for_officer(request, slug), reader(request)
    proposal = get_object_or_404(Proposal, roll=roll, pk=pk)
    try:
        if "drop" in request.POST:
            drop_proposal(proposal=proposal, by=me, at=timezone.now())
        else:
            confirm_amendment(proposal=proposal, by=me, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Done."))
    return redirect("rolls:amend", roll.slug)
