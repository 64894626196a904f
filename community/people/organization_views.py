"""Pages on organizations."""

from typing import cast

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from community.lib.paging import page_of
from community.people.actions import save_organization
from community.people.forms import OrganizationForm
from community.people.models import Organization, Person
from community.people.visibility import levels_shown_to

page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def organizations(request: HttpRequest) -> HttpResponse:
    """All organizations with how many people work for each today."""
    levels = levels_shown_to(request.user)
    found = Organization.objects.with_member_counts(timezone.now().date(), levels)
    text = request.GET.get("q", "").replace("\0", "").strip()
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


@page
@login_required
@permission_required("people.edit_organizations", raise_exception=True)
def edit(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Make an organization, or correct one."""
    found = get_object_or_404(Organization, slug=slug) if slug else None
    form = OrganizationForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        saved = save_organization(
            organization=form.save(commit=False),
            domains=form.cleaned_data["domains"],
            aliases=form.cleaned_data["aliases"],
            by=cast("Person", request.user),
            at=timezone.now(),
        )
        return redirect(saved)
    context = {"form": form, "organization": found}
    return render(request, "community/people/organization_edit.html", context)
