"""What every answer carries, whoever asks and whatever comes back."""

import re

import pytest

from tests.security.addresses import rows

pytestmark = [pytest.mark.django_db, pytest.mark.alike]
EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
LEAVING = "account_logout"
# Cards may stand in a frame anywhere, and drawings bring a style of their own; both are
# made for everybody alike, whoever asks.
CARDS, DRAWINGS = "/embed/card/", ("/embed/badge/", "/embed/chart/")
HASH = re.compile(r"^'sha256-[\w+/]{43}='$")
NONCE = re.compile(r"'nonce-[^']+'")


def answers(world, role, known={}):  # noqa: B006 - each address is asked once in each role
    if role not in known:
        client = world.client(role)
        tried = [row for row in rows() if row["method"] == "GET" and row["name"] != LEAVING]
        paths = [row["path"].format_map(world.ids) for row in tried]
        known[role] = [(path, client.get(path)) for path in paths]
    return known[role]


@pytest.mark.parametrize("role", ["anonymous", "maintainer"])
def test_every_answer_carries_the_headers(world, role):
    wrong = []
    for path, response in answers(world, role):
        found = {name: response.headers.get(name) for name in EXPECTED}
        framed = {"X-Frame-Options": None} if path.startswith(CARDS) else {}
        if found != EXPECTED | framed:
            wrong.append((path, found))

    assert wrong == []


@pytest.mark.parametrize("role", ["anonymous", "maintainer"])
def test_every_policy_runs_nothing_inline_and_loads_nothing_foreign(world, role):
    wrong = []
    for path, response in answers(world, role):
        policy = dict(
            part.strip().partition(" ")[::2]
            for part in response.headers.get("Content-Security-Policy", "").split(";")
        )
        is_card = path.startswith(CARDS)
        scripts = NONCE.sub("", policy.get("script-src", "none")).split()
        styles = policy.get("style-src", "")
        if path.startswith(DRAWINGS):
            styles = HASH.sub("'self'", styles)
        strict = (
            policy.get("default-src") == "'none'"
            and scripts == ["'none'" if is_card else "'self'"]
            and styles == "'self'"
            and policy.get("frame-ancestors") == ("*" if is_card else "'none'")
            and policy.get("base-uri") == "'none'"
            and "form-action" in policy
            and "unsafe" not in str(policy)
        )
        if not strict:
            wrong.append((path, policy))

    assert wrong == []


def test_no_page_of_ours_holds_what_its_policy_forbids(world):
    """A style attribute, an inline script or a handler would be dropped by the browser."""
    forbidden = re.compile(r"<[^>]+\s(?:style|on[a-z]+)=|<style|<script(?![^>]*\bsrc=)[^>]*>")

    found = [
        (path, match[0][:80])
        for path, response in answers(world, "maintainer")
        if "html" in response.headers.get("Content-Type", "") and not response.streaming
        for match in forbidden.finditer(response.content.decode())
        if 'type="application/json"' not in match[0]
    ]

    assert found == []


def test_what_a_signed_in_person_sees_is_kept_in_no_cache(world):
    alike = (CARDS, *DRAWINGS)
    public = {"/robots.txt", "/site.webmanifest", "/.well-known/security.txt", "/favicon.ico"}

    cached = [
        path
        for path, response in answers(world, "member")
        if path not in public
        and "/avatar/" not in path
        and not path.startswith(alike)
        and "no-store" not in response.headers.get("Cache-Control", "")
    ]

    assert cached == []


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(world, client, settings):
    member = world.people["member"]
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    member.set_password("a long password")
    member.save()
    client.post("/accounts/login/", {"login": "mira", "password": "a long password"})

    session, csrf = client.cookies["sessionid"], client.cookies["csrftoken"]

    assert (session["httponly"], session["samesite"], session["secure"]) == (True, "Lax", True)
    assert (csrf["samesite"], csrf["secure"]) == ("Lax", True)
