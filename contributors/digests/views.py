"""The digests of a project, and asking for them by mail."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.lib.refusals import Refused
from community.notifications.letters import address_of
from community.people.models import Person
from community.projects.models import Project
from contributors.digests.actions import (
    choose_digests,
    end_subscription,
    unsubscribe,
)
from contributors.digests.contents import digest_of
from contributors.digests.editions import Length, edition_named, last_over
from contributors.digests.forms import WishForm
from contributors.digests.links import wish_of
from contributors.digests.models import Subscription


@require_safe
@login_required
def latest(request: HttpRequest, slug: str) -> HttpResponse:
    """The way to the last week, or month, that is over."""
    project = _place(request, slug)
    asked = request.GET.get("length", "")
    length = Length(asked) if asked in Length.values else Length.WEEK
    found = last_over(length, timezone.now().date())
    return redirect("digests:edition", project.slug, found.name)


@require_safe
@login_required
def edition(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """One week or month of a project, under an address that stays."""
    project, today = _place(request, slug), timezone.now().date()
    asked = edition_named(name)
    if asked is None or not asked.is_over(today):
        raise Http404
    me = cast("Person", request.user)
    mine = Subscription.objects.of(me, project).values_list("length", flat=True)
    context = {
        "project": project,
        "digest": digest_of(project, asked, me, today),
        "tabs": [(one, last_over(one, today).name, one == asked.length) for one in Length],
        "after": asked.after if asked.after.is_over(today) else None,
        "wishes": WishForm(initial=dict.fromkeys(mine, True)),
        "address": address_of(me),
    }
    return render(request, "contributors/digests/edition.html", context)


@require_POST
@login_required
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """Have the ticked digests by mail, and no others."""
    project, form = _place(request, slug), WishForm(request.POST)
    if form.is_valid():
        me = cast("Person", request.user)
        try:
            choose_digests(person=me, project=project, lengths=form.lengths, at=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal.reason))
        else:
            messages.success(request, _told(form.lengths))
    return redirect("digests:latest", project.slug)


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """All digests that come to oneself by mail, each with a way to end it."""
    me = cast("Person", request.user)
    found = list(Subscription.objects.wanted_by(me))
    read = set(Subscription.objects.of_readers().filter(person=me).values_list("pk", flat=True))
    lines = [(one, one.pk in read) for one in found]
    context = {"lines": lines, "address": address_of(me), "projects": read_by(me)}
    return render(request, "contributors/digests/mine.html", context)


@require_POST
@login_required
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own subscriptions."""
    me = cast("Person", request.user)
    subscription = get_object_or_404(Subscription.objects.wanted_by(me), pk=pk)
    end_subscription(subscription=subscription, at=timezone.now())
    messages.success(request, _("No more of these digests come to you."))
    return redirect("digests:mine")


@csrf_exempt  # mail programs post without a session (RFC 8058); the link is signed
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """End one subscription by the link in its mails; looking at the page ends nothing."""
    wish = wish_of(token)
    if wish is None:
        raise Http404
    facts: dict[str, Any] = {"person_id": wish.person_id, "project_id": wish.project_id}
    if request.method == "POST":
        unsubscribe(**facts, length=wish.length, at=timezone.now())
    found = Subscription.objects.meant_by(wish.person_id, wish.project_id, wish.length)
    context = {"wish": wish, "is_wanted": found.exists()}
    return render(request, "contributors/digests/stop.html", context)


def _place(request: HttpRequest, slug: str) -> Project:
    """The project of the address; 403 for those who do not maintain it."""
    project = get_object_or_404(Project, slug=slug)
    if not request.user.has_perm("digests.read_digest", project):
        raise PermissionDenied
    return project


def read_by(person: Person) -> "QuerySet[Project]":
    """The projects whose digests somebody may ask for."""
    rows = Project.objects.order_by("name")
    return rows if person.is_staff else rows.filter(maintainers=person)


def _told(lengths: list[Length]) -> str:
    if lengths:
        return _("The next digest comes by mail when its period is over.")
    return _("No digests of this project come by mail.")
