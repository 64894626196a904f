"""What other sites may show of this one: badges, charts and cards."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import conditional_page, require_safe

from contributors.metrics import embeds
from contributors.metrics.cards import change_of, change_of_year
from contributors.metrics.pictures import note, url_of

KEPT_SECONDS = 3600
View = Callable[..., HttpResponse]


def for_everybody(view: View) -> View:
    """Answer all alike, whoever is signed in, so that any cache may keep it.

    The language is the site's own unless the address asks for another.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        asked = request.GET.get("lang", "")
        language = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            response = view(request, *args, **options)
            response["Content-Language"] = language
        response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
        return response

    return answer


@require_safe
@csp_replace({"style-src": [embeds.STYLE_HASH]})
@conditional_page
@for_everybody
def image(request: HttpRequest, form: str, scope: str, metric: str) -> HttpResponse:
    """A metric as a badge or chart in SVG."""
    found = embeds.public_answer(scope, metric, request.GET.get("by", ""))
    if form == "badge":
        told = embeds.headline(found, request.GET)
        drawn = embeds.badge(found.question, told)
    else:
        drawn = embeds.chart(found)
    return HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8")


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"], "script-src": ["'none'"], "form-action": ["'none'"]})
@conditional_page
@for_everybody
def card(request: HttpRequest, scope: str, metric: str) -> HttpResponse:
    """A metric as a small page that any site may frame; it knows nobody and takes nothing."""
    found = embeds.public_answer(scope, metric, request.GET.get("by", ""))
    question = found.question
    told = embeds.headline(found, request.GET)
    context = {
        "question": question,
        "told": told,
        "changes": [
            change_of(told.now, told.before, question.metric.unit),
            change_of_year(told.now, told.year_ago, question.metric.unit),
        ],
        "chart": embeds.line(found, "chart-card")[0] if found.summary.known else "",
        "note": note(found),
        "gap": found.gap,
        "community_name": settings.COMMUNITY_NAME,
        "url": settings.SITE_URL.rstrip("/") + url_of(question),
    }
    return HttpResponse(render_to_string("contributors/metrics/embed_card.html", context))
