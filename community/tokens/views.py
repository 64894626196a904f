"""The page on which a person makes and revokes tokens."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from community.lib.refusals import Refused
from community.tokens.actions import issue_token, revoke_token
from community.tokens.forms import TokenForm
from community.tokens.models import ApiToken

if TYPE_CHECKING:
    from community.people.models import Person


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@sensitive_variables("secret")
def token_list(request: HttpRequest) -> HttpResponse:
    """Own tokens; a new one's secret is in this one answer and nowhere else."""
    person, secret = cast("Person", request.user), ""
    form = TokenForm(request.POST or None, person=person)
    if form.is_valid():
        facts, now = form.cleaned_data, timezone.now()
        try:
            _token, secret = issue_token(
                person=person,
                label=facts["label"],
                scopes=facts["scopes"],
                expires_at=now + timedelta(days=facts["days"]),
                at=now,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            form = TokenForm(person=person)
    return _page(request, form=form, secret=secret)


@require_POST
@login_required
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Close one's own token."""
    person = cast("Person", request.user)
    token = get_object_or_404(ApiToken, pk=pk, person=person)
    revoke_token(token=token, actor=person, at=timezone.now())
    messages.success(request, _("The token opens nothing any more."))
    return redirect("tokens:list")


def _page(request: HttpRequest, **context: Any) -> HttpResponse:
    tokens = list(ApiToken.objects.of(cast("Person", request.user))[:100])
    now = timezone.now()
    context["tokens"] = [(token, token.is_usable(now)) for token in tokens]
    return render(request, "community/tokens/list.html", context)
