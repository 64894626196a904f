"""Pages on which maintainers merge and split people."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.lib.paging import page_of
from community.lib.refusals import Refused
from community.people.actions import tell_apart
from community.people.belongings import conflicts, with_belongings
from community.people.forms import MergeForm, SplitForm
from community.people.merging import merge_people, split_person, undo_merge
from community.people.models import Merge, Person
from community.people.rules import why_not_merge
from community.people.suggestions import suggestions

page = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 50


def _maintainer(request: HttpRequest) -> Person:
    return cast("Person", request.user)


@require_safe
@login_required
@permission_required("people.merge_people", raise_exception=True)
def merges(request: HttpRequest) -> HttpResponse:
    """Which records may be one person, and what was merged so far."""
    found = suggestions()
    history = Merge.objects.select_related("kept", "absorbed", "merged_by", "undone_by")
    context = {
        "suggestions": found[:SHOWN],
        "total": len(found),
        "page": page_of(history.order_by("-merged_at", "-pk"), request),
    }
    return render(request, "community/people/merges.html", context)


def _pair(request: HttpRequest) -> tuple[Person, Person]:
    """The kept and the absorbed person named by the address."""
    kept = get_object_or_404(Person.objects.called(request.GET.get("kept", "").lstrip("@")))
    absorbed = get_object_or_404(Person.objects.called(request.GET.get("absorbed", "").lstrip("@")))
    return kept, absorbed


def _preview(kept: Person, absorbed: Person, me: Person) -> dict[str, Any]:
    refusal = why_not_merge(kept, absorbed, by=me, confirmation=absorbed.handle)
    return {
        "kept": kept,
        "absorbed": absorbed,
        "identities": with_belongings(absorbed.identities.order_by("provider", "pk")),
        "kept_identities": with_belongings(kept.identities.order_by("provider", "pk")),
        "affiliations": absorbed.affiliations.select_related("organization"),
        "projects": absorbed.maintained_projects.order_by("name"),
        "conflicts": conflicts(kept, absorbed),
        "refusal": refusal,
    }


@page
@login_required
@permission_required("people.merge_people", raise_exception=True)
def merge(request: HttpRequest) -> HttpResponse:
    """What would move if two records became one, and the button that does it."""
    kept, absorbed = _pair(request)
    me = _maintainer(request)
    form = MergeForm(request.POST or None)
    if not (kept.is_claimed and absorbed.is_claimed):
        del form.fields["confirmation"]
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            merge_people(kept=kept, absorbed=absorbed, by=me, at=now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            messages.success(request, _("Merged. You can undo this on the page of merges."))
            return redirect(kept)
    context = {"form": form, **_preview(kept, absorbed, me)}
    return render(request, "community/people/merge.html", context)


@require_POST
@login_required
@permission_required("people.merge_people", raise_exception=True)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a merge or a split back."""
    found = get_object_or_404(Merge, pk=pk)
    try:
        undo_merge(merge=found, by=_maintainer(request), at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal.reason))
    else:
        done = _("The split is undone.") if found.is_split else _("The merge is undone.")
        messages.success(request, done)
    return redirect("people:merges")


@require_POST
@login_required
@permission_required("people.merge_people", raise_exception=True)
def distinction(request: HttpRequest) -> HttpResponse:
    """Note that two records are two people."""
    one, other = _pair(request)
    tell_apart(one=one, other=other, by=_maintainer(request), at=timezone.now())
    messages.success(request, _("They will not be suggested again."))
    return redirect("people:merges")


@page
@login_required
@permission_required("people.merge_people", raise_exception=True)
def split(request: HttpRequest, handle: str) -> HttpResponse:
    """Give some of a person's accounts to a new record."""
    person = get_object_or_404(Person.objects.present(), handle=handle)
    form = SplitForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        chosen, me = form.cleaned_data["identities"], _maintainer(request)
        try:
            fresh = split_person(person=person, identities=chosen, by=me, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            messages.success(request, _("Separated: this is the new record."))
            return redirect(fresh)
    listed = with_belongings(person.identities.alive().order_by("provider", "pk"))
    context = {"person": person, "form": form, "identities": listed}
    return render(request, "community/people/split.html", context)
