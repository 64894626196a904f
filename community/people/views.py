"""Pages on people: profile, picture, directory."""

from typing import TYPE_CHECKING

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag, require_safe

from community.lib.paging import page_of
from community.people.directory import counts_of_people, find_people, person_lines
from community.people.forms import DirectoryFilter, SuspendForm
from community.people.identicon import identicon
from community.people.models import Organization, Person
from community.people.profiles import find_person, sections_shown
from community.people.rules import why_not_lift, why_not_make_link, why_not_suspend

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase


@require_safe
def profile(request: HttpRequest, handle: str) -> HttpResponse:
    """Somebody's page; other spellings and earlier names lead to it."""
    person = find_person(handle)
    if person is None:
        raise Http404
    if person.handle != handle:
        return redirect(person, permanent=False)
    if person.erased_at:
        return render(request, "community/people/erased.html", {"person": person}, status=410)
    me = _maintainer(request)
    context = {
        "person": person,
        "suspend_form": SuspendForm(),
        "suspend_refusal": why_not_suspend(person, me),
        "lift_refusal": why_not_lift(person, me),
        "shown": sections_shown(request.user, person),
        "link_refusal": why_not_make_link(person, me),
    }
    return render(request, "community/people/profile.html", context)


def _maintainer(request: HttpRequest) -> Person | None:
    return request.user if isinstance(request.user, Person) else None


def _picture_tag(request: HttpRequest, handle: str) -> str:
    person = Person.objects.called(handle).first()
    return f'"{handle.lower()}:{person.avatar.name if person else ""}"'


@require_safe
@cache_control(public=True, max_age=3600)
@etag(_picture_tag)
def avatar(request: HttpRequest, handle: str) -> "HttpResponseBase":
    """The person's picture as we keep it, else a pattern drawn from the handle."""
    person = Person.objects.called(handle).first()
    # A restored database may name pictures that were not restored with it.
    if person and person.avatar and person.avatar.storage.exists(person.avatar.name):
        return FileResponse(person.avatar.open(), content_type="image/webp")
    return HttpResponse(identicon(handle), content_type="image/svg+xml")


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The directory of people; bots on a tab of their own."""
    form = DirectoryFilter(request.GET)
    form.is_valid()
    at, bots = timezone.now(), form.cleaned_data.get("bots", False)
    found = find_people(form.cleaned_data, viewer=request.user, day=at.date())
    is_filtered = any(request.GET.get(name) for name in ("q", "organization", "claimed"))
    counts = counts_of_people()
    page = page_of(found, request, count=None if is_filtered else counts[bots])
    context = {
        "form": form,
        "page": page,
        "lines": [] if bots else person_lines(page, request.user, at),
        "bots": bots,
        "organizations": () if bots else tuple(Organization.objects.values_list("slug", "name")),
        "is_filtered": is_filtered,
        "humans_count": counts[False],
        "bots_count": counts[True],
    }
    return render(request, "community/people/list.html", context)
