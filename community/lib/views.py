"""Pages of the frame itself: the theme switch, small files, the parts shown together."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from community.lib.context import THEMES
from community.lib.search import search
from community.lib.style.samples import everything

YEAR = 365 * 24 * 3600


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark in a cookie; anything else follows the system again."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = "/"
    # Not `redirect`: it would look a path with a colon up as the name of a view.
    response = HttpResponseRedirect(target)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure()
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """What the words of the search field find, kind by kind."""
    text = " ".join(request.GET.get("q", "").replace("\0", "").split())[:200]
    groups = search(text, request) if text else []
    return render(request, "community/lib/search.html", {"text": text, "groups": groups})


@require_safe
@cache_control(public=True, max_age=86_400)
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read: pages, not rows without end."""
    closed = "".join(f"Disallow: {path}\n" for path in ("/accounts/", "/admin/", "/search/", "/*?"))
    return HttpResponse(f"User-agent: *\n{closed}", content_type="text/plain")


@require_safe
@cache_control(public=True, max_age=86_400)
def security(request: HttpRequest) -> HttpResponse:
    """Where to report a hole, by RFC 9116; absent until somebody is named to answer."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (timezone.now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires}",
        "Preferred-Languages: " + ", ".join(code for code, _ in settings.LANGUAGES),
        f"Canonical: {settings.SITE_URL}{request.path}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@require_safe
@cache_control(public=True, max_age=86_400)
def manifest(request: HttpRequest) -> HttpResponse:
    """How the site appears on a home screen."""
    icons = [{"src": static("img/mark.svg"), "sizes": "any", "type": "image/svg+xml"}]
    facts = {
        "name": settings.COMMUNITY_NAME,
        "start_url": "/",
        "display": "minimal-ui",
        "background_color": "#fcfaf6",
        "theme_color": "#26468c",
        "icons": icons,
    }
    return JsonResponse(facts, content_type="application/manifest+json")


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Every part in every state, for eyes and for the browser tests (DEBUG only)."""
    return render(request, "community/lib/style.html", everything(timezone.now()))
