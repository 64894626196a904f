"""Pages on organizations."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from community.lib.paging import page_of
from community.people.models import Organization, Person
from community.people.visibility import levels_shown_to


@require_safe
def organizations(request: HttpRequest) -> HttpResponse:
    """All organizations with how many people work for each today."""
    levels = levels_shown_to(request.user)
    found = Organization.objects.with_member_counts(timezone.now().date(), levels)
    text = request.GET.get("q", "").strip()
    if text:
        found = found.called(text)
    context = {"page": page_of(found.order_by("name"), request), "q": text}
    return render(request, "community/people/organizations.html", context)


@require_safe
def organization(request: HttpRequest, slug: str) -> HttpResponse:
    """One organization: its names, its domains and its people over time."""
    found = get_object_or_404(
        Organization.objects.prefetch_related("domains", "aliases"), slug=slug
    )
    people = Person.objects.present().human()
    shown = people.showing("affiliations", levels_shown_to(request.user))
    affiliations = found.affiliations.filter(person__in=shown).select_related("person")
    context = {
        "organization": found,
        "page": page_of(affiliations.order_by("person__handle", "starts_on", "pk"), request),
        "today": timezone.now().date(),
    }
    return render(request, "community/people/organization.html", context)
