"""Pages on which votes are counted."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from governance.ballots.explaining import shown
from governance.ballots.forms import TallyForm


@require_http_methods(["GET", "HEAD", "POST"])
def tally(request: HttpRequest) -> HttpResponse:
    """Counts a file that somebody brings and shows how; keeps nothing of it."""
    sent = request.method == "POST"
    form = TallyForm(request.POST, request.FILES) if sent else TallyForm()
    context = {"form": form}
    if sent and form.is_valid() and form.counted:
        context |= shown(form.counted)
    return render(request, "governance/ballots/tally.html", context)
