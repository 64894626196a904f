"""The log on pages: all of it for maintainers, one's own for everybody."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from community.audit.forms import EventFilter
from community.audit.models import Event
from community.audit.subjects import lines
from community.audit.verify import current_head, verify
from community.lib.paging import page_of
from community.people.models import Person


@never_cache
@require_safe
@login_required
@permission_required("audit.read_log", raise_exception=True)
def event_list(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first."""
    form = EventFilter(request.GET)
    page = page_of(form.narrow(Event.objects.select_related("actor")), request)
    is_filtered = any(request.GET.get(name) for name in form.fields)
    context = {
        "page": page,
        "lines": lines(page),
        "form": form,
        "is_filtered": is_filtered,
        "head": current_head(),
    }
    return render(request, "community/audit/list.html", context)


@require_POST
@login_required
@permission_required("audit.read_log", raise_exception=True)
def verify_now(request: HttpRequest) -> HttpResponse:
    """Walk the whole chain and say what was found."""
    verdict = verify()
    if verdict.is_sound:
        count = verdict.head.number
        text = ngettext("%(count)d event, unbroken.", "%(count)d events, unbroken.", count)
        messages.success(request, text % {"count": count})
    else:
        text = _("Row %(number)d is not what was written: %(fault)s")
        messages.error(request, text % {"number": verdict.number, "fault": verdict.fault})
    return redirect("audit:list")


@never_cache
@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What was done to the person who asks."""
    person = cast("Person", request.user)
    page = page_of(Event.objects.about(person).select_related("actor"), request)
    return render(request, "community/audit/mine.html", {"page": page})
