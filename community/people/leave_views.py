"""Pages on which leave is announced: by oneself, or by a maintainer for somebody."""

from typing import cast

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from community.lib.refusals import Refused
from community.people.forms import LeaveForm
from community.people.leaves import announce_leave, take_back_leave
from community.people.models import Leave, Person

page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@page
def leaves(request: HttpRequest) -> HttpResponse:
    """When the signed-in person is away."""
    me = cast("Person", request.user)
    return _leaves_of(request, me, "community/people/leaves.html")


@login_required
@permission_required("people.record_leave", raise_exception=True)
@page
def record(request: HttpRequest, handle: str) -> HttpResponse:
    """When somebody is away, as a maintainer learned."""
    person = get_object_or_404(Person.objects.present(), handle=handle)
    return _leaves_of(request, person, "community/people/leaves_of.html")


@require_POST
@login_required
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an announcement of one's own; a maintainer anybody's."""
    leave, me = get_object_or_404(Leave, pk=pk), cast("Person", request.user)
    if not me.has_perm("people.remove_leave", leave):
        raise Http404
    take_back_leave(leave=leave, by=me, at=timezone.now())
    if leave.person_id == me.pk:
        return redirect("people:leaves")
    return redirect("people:record_leave", leave.person.handle)


def _leaves_of(request: HttpRequest, person: Person, template: str) -> HttpResponse:
    """The leaves of a person with a form for the next; what is posted is announced."""
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        me, now = cast("Person", request.user), timezone.now()
        try:
            announce_leave(person=person, by=me, at=now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            return redirect(request.path)
    context = {"form": form, "person": person, "leaves": person.leaves.all()}
    return render(request, template, context)
