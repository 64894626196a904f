"""Pages of criteria."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.lib.paging import page_of
from community.lib.refusals import Refused
from contributors.criteria.actions import create_rule, revise_rule
from contributors.criteria.cards import cards_of, versions_of
from contributors.criteria.clauses import longest_window
from contributors.criteria.composing import written
from contributors.criteria.evaluating import window
from contributors.criteria.explaining import explain
from contributors.criteria.forms import RuleForm
from contributors.criteria.models import Rule
from contributors.criteria.queries import gap_behind, reach_of
from contributors.criteria.schema import SCHEMA
from contributors.criteria.words import said

page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    """Every rule there is."""
    context = {
        "page": page_of(Rule.objects.with_latest(), request),
        "may_write": request.user.has_perm("criteria.write_rule"),
    }
    return render(request, "contributors/criteria/list.html", context)


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """What a rule asks, how many meet it today, and what it asked before."""
    rule = get_object_or_404(Rule.objects.with_versions(), slug=slug)
    now = timezone.now()
    document = rule.latest.document
    context = {
        "rule": rule,
        "said": said(document),
        "written": written(document),
        "reach": reach_of(document, now.date()),
        "gap": gap_behind(document, now.date(), request.user, now),
        "versions": versions_of(list(rule.versions.all())),
        "on": now.date(),
        "counts": longest_window(document) is not None,
        "may_write": request.user.has_perm("criteria.write_rule"),
    }
    return render(request, "contributors/criteria/detail.html", context)


@require_safe
@login_required
def me(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether the reader meets a rule, and why."""
    rule = get_object_or_404(Rule.objects.with_versions(), slug=slug)
    now, reader = timezone.now(), _person(request)
    today, document = now.date(), rule.latest.document
    days = longest_window(document)
    context = {
        "rule": rule,
        "card": cards_of(explain(document, reader, today), reader),
        "gap": gap_behind(document, today, reader, now),
        "period": (window(days, today)[0], today - timedelta(days=1)) if days else None,
    }
    return render(request, "contributors/criteria/me.html", context)


@login_required
@page
def create(request: HttpRequest) -> HttpResponse:
    """Write a rule."""
    if not request.user.has_perm("criteria.write_rule"):
        raise PermissionDenied
    form = RuleForm(request.POST or None)
    if form.is_valid() and "preview" not in request.POST:
        try:
            rule = create_rule(by=_person(request), at=timezone.now(), **form.facts())
        except Refused as refusal:
            form.add_error("slug", str(refusal))
        else:
            messages.success(request, _("The rule is written."))
            return redirect(rule)
    return _form_page(request, form, None)


@login_required
@page
def revise(request: HttpRequest, slug: str) -> HttpResponse:
    """Have a rule ask something else from now on."""
    rule = get_object_or_404(Rule.objects.with_versions(), slug=slug)
    if not request.user.has_perm("criteria.write_rule"):
        raise PermissionDenied
    form = RuleForm(request.POST or None, rule=rule)
    if form.is_valid() and "preview" not in request.POST:
        try:
            revise_rule(rule=rule, by=_person(request), at=timezone.now(), **form.facts())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The rule is revised."))
            return redirect(rule)
    return _form_page(request, form, rule)


@require_safe
def schema(request: HttpRequest) -> JsonResponse:
    """The JSON Schema of what a rule may ask."""
    return JsonResponse(SCHEMA)


def _person(request: HttpRequest) -> Any:
    """The signed-in person; the views that ask require one."""
    return request.user


def _form_page(request: HttpRequest, form: RuleForm, rule: Rule | None) -> HttpResponse:
    """The form; with a preview of what its fields say where nothing is wrong."""
    context: dict[str, Any] = {"form": form, "rule": rule}
    if "preview" in request.POST and form.is_valid():
        document = form.cleaned_data["document"]
        context |= {"said": said(document), "reach": reach_of(document, timezone.now().date())}
    return render(request, "contributors/criteria/form.html", context)
