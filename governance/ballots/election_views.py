"""Pages on which everybody follows an election."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from community.jobs.clock import database_now
from community.lib.paging import page_of
from governance.ballots.election_pages import files_of, list_rows, page_of_election
from governance.ballots.models import Document, Election
from governance.ballots.receipt_forms import ReceiptForm

TYPES = {"json": "application/json", "jsonl": "application/x-ndjson"}


@require_safe
def election_list(request: HttpRequest) -> HttpResponse:
    """What is decided now, what comes, and what was decided."""
    found = Election.objects.visible_to(request.user).select_related("roll")
    page = page_of(found, request)
    context = {
        "page": page,
        "rows": list_rows(list(page.object_list), request.user, database_now()),
        "may_create": request.user.has_perm("ballots.create_election"),
    }
    return render(request, "governance/ballots/list.html", context)


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One election: what it asks, by which rules, how it stands, and what came out."""
    election = _visible(request, slug)
    context = page_of_election(election, request.user, database_now())
    return render(request, "governance/ballots/detail.html", context)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest, slug: str) -> HttpResponse:
    """Where a voter finds their own ballot among the published ones."""
    election = _visible(request, slug)
    form = ReceiptForm(request.POST or None, election=election)
    context: dict[str, Any] = {"election": election, "form": form}
    if form.is_valid():
        context |= {"said": form.said(), "tracker": form.tracker, "was_sought": True}
    return render(request, "governance/ballots/find.html", context)


@require_safe
def file(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """One file of the published folder, byte by byte."""
    election = _visible(request, slug)
    found = get_object_or_404(Document, election=election, name=name)
    kind = TYPES.get(name.rpartition(".")[2], "text/plain")
    answer = HttpResponse(bytes(found.content), content_type=f"{kind}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
def folder(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole published folder as one ZIP file, the same bytes each time."""
    election = _visible(request, slug)
    if election.published_at is None:
        raise Http404
    answer = HttpResponse(files_of(election), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{election.slug}.zip"'
    return answer


@require_safe
def manifest(request: HttpRequest, slug: str) -> HttpResponse:
    """What voters are told before they vote, as it is hashed."""
    election = _visible(request, slug)
    if not election.manifest:
        raise Http404
    return HttpResponse(election.manifest.encode(), content_type="application/json")


@require_safe
def envelopes(request: HttpRequest, slug: str) -> HttpResponse:
    """The hashes of all envelopes, from the close on."""
    election = _visible(request, slug)
    if election.closed_at is None or not election.is_secret:
        raise Http404
    hashes = election.envelopes.order_by("sha256").values_list("sha256", flat=True)
    return HttpResponse("".join(f"{one}\n" for one in hashes), content_type="text/plain")


def _visible(request: HttpRequest, slug: str) -> Election:
    found = Election.objects.visible_to(request.user).select_related("roll__criteria__rule")
    return get_object_or_404(found, slug=slug)
