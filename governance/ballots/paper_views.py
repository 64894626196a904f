"""The way of a ballot: paper, review, box, receipt; nothing of it is kept on the way."""

import random
from collections.abc import Sequence
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from community.jobs.clock import database_now
from community.lib.refusals import Refused
from community.people.models import Person
from governance.ballots.candidacies import withdrawn_keys
from governance.ballots.casting import cast_ballot
from governance.ballots.models import Election, Option
from governance.ballots.paper_forms import MOVE, ORDER, PaperForm, moved
from governance.ballots.papers_said import said_of
from governance.ballots.queries import standing_of
from governance.ballots.rulebook import rulebook_of
from governance.ballots.rules import why_not_vote
from governance.ballots.rules_said import how_to_fill_in


@sensitive_post_parameters()
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request: HttpRequest, slug: str) -> HttpResponse:
    """The ballot paper; sent in, its review; confirmed, the receipt, shown this once."""
    reader = cast("Person", request.user)
    found = Election.objects.visible_to(reader).select_related("roll")
    election = get_object_or_404(found, slug=slug)
    standing = standing_of(election, reader)
    refusal = why_not_vote(election, is_on_roll=standing.may_vote, at=database_now())
    context: dict[str, Any] = {"election": election, "standing": standing, "refusal": refusal}
    if refusal:
        return render(request, "governance/ballots/refused.html", context, status=409)
    form = _form(request, election)
    context |= {"form": form, "rulebook": form.rulebook, "how": how_to_fill_in(form.rulebook)}
    context["withdrawn"] = withdrawn_keys(election) if election.is_of_people else frozenset()
    if request.method != "POST" or MOVE in request.POST or "change" in request.POST:
        return render(request, "governance/ballots/paper.html", context)
    if not form.is_valid():
        return render(request, "governance/ballots/paper.html", context, status=422)
    context["said"] = said_of(form.rulebook, form.options, form.choice())
    if "cast" not in request.POST:
        return render(request, "governance/ballots/review.html", context)
    return _cast(request, election, form, context)


def _cast(
    request: HttpRequest, election: Election, form: PaperForm, context: dict[str, Any]
) -> HttpResponse:
    """Answered with the receipt itself: a redirect would have to keep it somewhere."""
    try:
        receipt = cast_ballot(
            election=election,
            person=cast("Person", request.user),
            choice=form.choice(),
            reason=form.cleaned_data.get("reason", ""),
            at=timezone.now(),
        )
    except Refused as refusal:
        refused = context | {"refusal": refusal}
        return render(request, "governance/ballots/refused.html", refused, status=409)
    said = said_of(form.rulebook, form.options, receipt.choice)
    return render(
        request, "governance/ballots/receipt.html", context | {"receipt": receipt, "said": said}
    )


def _form(request: HttpRequest, election: Election) -> PaperForm:
    """The paper, with the options in the order in which this voter first saw them."""
    rulebook, data = rulebook_of(election.rules), None
    options = _shown(list(election.options.select_related("person")), request.POST.get(ORDER, ""))
    if rulebook.keys:
        options = sorted(options, key=lambda one: ANSWERS.index(one.key))
    if request.method == "POST":
        data = request.POST.copy()
        if MOVE in data and rulebook.kind == "ranks":
            for name, value in moved(data, [one.key for one in options]).items():
                data[name] = value
    return PaperForm(data, rulebook=rulebook, options=options, is_open=not election.is_secret)


ANSWERS = ["yes", "no", "abstain", "plus", "zero", "minus"]


def _shown(options: Sequence[Option], order: str) -> list[Option]:
    """A fresh random order, so that nobody always stands first; kept while a paper is filled in."""
    places = {key: at for at, key in enumerate(order.split())}
    mixed = random.sample(options, len(options))
    return sorted(mixed, key=lambda one: places.get(one.key, len(places)))
