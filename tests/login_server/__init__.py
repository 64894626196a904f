"""A local server with the sign-in pages of GitHub, GitLab and an OpenID Connect provider.

It follows GitHub's "Authorizing OAuth apps", GitLab's OAuth 2.0 provider API and
OpenID Connect Core 1.0 (code flow with PKCE), as far as signing in needs.
"""

import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import jwt

CLIENT, SECRET = "guildhall", "a-secret-between-two-servers"
GITHUB, GITLAB, OIDC = "/login/oauth/authorize", "/oauth/authorize", "/oidc/authorize"


@dataclass
class Account:
    """Somebody with an account at the provider."""

    number: int
    login: str
    name: str = ""
    email: str | None = None
    email_verified: bool = False


@dataclass
class Grant:
    """A code waiting to be exchanged."""

    account: Account
    redirect_uri: str
    challenge: str


@dataclass
class LoginServer:
    """Whoever is `account` is signed in there and is asked for consent."""

    account: Account = field(default_factory=lambda: Account(1, "nobody"))
    url: str = ""
    grants: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Account] = field(default_factory=dict)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        size = int(environ.get("CONTENT_LENGTH") or 0)
        form = dict(parse_qsl(environ["wsgi.input"].read(size).decode()))
        asked = dict(parse_qsl(environ.get("QUERY_STRING", "")))
        status, headers, body = self.answer(environ, asked, form)
        start(status, headers)
        return [body]

    def answer(self, environ, asked, form):
        path = environ["PATH_INFO"]
        if path in {GITHUB, GITLAB, OIDC}:
            if environ["REQUEST_METHOD"] == "POST":
                return redirect(self.decide(form, form["decision"] == "approve"))
            return page(self.consent(path, asked))
        if path in {"/login/oauth/access_token", "/oauth/token", "/oidc/token"}:
            return self.exchange(path, form)
        if path == "/.well-known/openid-configuration":
            return as_json(self.discovery())
        holder = self.holder(environ, asked)
        if holder is None:
            return as_json({"message": "Bad credentials"}, "401 Unauthorized")
        shapes = {"/api/v3/user": github_user, "/api/v4/user": gitlab_user}
        return as_json(shapes.get(path, self.claims)(holder))

    def consent(self, path: str, asked: dict[str, str]) -> str:
        kept = ("client_id", "redirect_uri", "state", "code_challenge")
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{escape(asked.get(name, ""))}">'
            for name in kept
        )
        who = escape(self.account.login)
        return (
            f"<!doctype html><title>Authorize</title><h1>Authorize as {who}?</h1>"
            f'<form method="post" action="{path}">{fields}'
            '<button name="decision" value="approve">Authorize</button>'
            '<button name="decision" value="cancel">Cancel</button></form>'
        )

    def decide(self, asked: dict[str, str], is_approved: bool) -> str:
        """Where the browser is sent after the decision."""
        if is_approved:
            code = secrets.token_hex(10)
            self.grants[code] = Grant(
                self.account, asked["redirect_uri"], asked.get("code_challenge", "")
            )
            answer = {"code": code}
        else:
            answer = {
                "error": "access_denied",
                "error_description": "The user has denied your application access.",
            }
        return f"{asked['redirect_uri']}?{urlencode({**answer, 'state': asked['state']})}"

    def exchange(self, path: str, form: dict[str, str]):
        """A code for a token, once, and only for whoever asked for it."""
        grant = self.grants.pop(form.get("code", ""), None)
        known = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if grant is None or not known or form.get("redirect_uri") != grant.redirect_uri:
            error = {"error": "bad_verification_code"}
            return as_json(error, "200 OK" if path.startswith("/login") else "400 Bad Request")
        if grant.challenge and challenge_of(form.get("code_verifier", "")) != grant.challenge:
            return as_json({"error": "invalid_grant"}, "400 Bad Request")
        token = secrets.token_hex(20)
        self.tokens[token] = grant.account
        body = {"access_token": token, "token_type": "bearer", "scope": form.get("scope", "")}
        if path == "/login/oauth/access_token":  # GitHub answers in form encoding by default
            headers = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
            return "200 OK", headers, urlencode(body).encode()
        if path == "/oidc/token":
            body["id_token"] = self.id_token(grant.account)
        return as_json(body)

    def holder(self, environ: dict[str, Any], asked: dict[str, str]) -> Account | None:
        header = environ.get("HTTP_AUTHORIZATION", "")
        return self.tokens.get(header.partition(" ")[2] or asked.get("access_token", ""))

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": self.url + OIDC,
            "token_endpoint": f"{self.url}/oidc/token",
            "userinfo_endpoint": f"{self.url}/oidc/userinfo",
            "jwks_uri": f"{self.url}/oidc/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def claims(self, account: Account) -> dict[str, Any]:
        return {
            "sub": f"subject-{account.number}",
            "preferred_username": account.login,
            "name": account.name,
            "email": account.email,
            "email_verified": account.email_verified,
        }

    def id_token(self, account: Account) -> str:
        now = int(time.time())
        facts = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 600}
        return jwt.encode({**self.claims(account), **facts}, SECRET * 2, algorithm="HS256")

    def approve(self, address: str) -> str:
        """As if the person approved on the page at this address: where they land."""
        return self.decide(query_of(address), is_approved=True)

    def cancel(self, address: str) -> str:
        """As if the person refused."""
        return self.decide(query_of(address), is_approved=False)


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def challenge_of(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def github_user(account: Account) -> dict[str, Any]:
    return {
        "login": account.login,
        "id": account.number,
        "node_id": f"U_{account.number}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{account.number}?v=4",
        "html_url": f"https://github.com/{account.login}",
        "type": "User",
        "name": account.name or None,
        "email": account.email,
        "company": None,
    }


def gitlab_user(account: Account) -> dict[str, Any]:
    return {
        "id": account.number,
        "username": account.login,
        "name": account.name or account.login,
        "state": "active",
        "avatar_url": None,
        "web_url": f"https://gitlab.com/{account.login}",
        "email": account.email,
    }


def redirect(address: str):
    return "302 Found", [("Location", address)], b""


def page(html: str):
    return "200 OK", [("Content-Type", "text/html; charset=utf-8")], html.encode()


def as_json(body: Any, status: str = "200 OK"):
    headers = [("Content-Type", "application/json; charset=utf-8")]
    return status, headers, json.dumps(body).encode()


class Quiet(WSGIRequestHandler):
    """Says nothing on the terminal."""

    def log_message(self, format, *args):  # noqa: A002
        """Not even this."""


@contextmanager
def running() -> Iterator[LoginServer]:
    """The server in a thread, on a free port of this machine."""
    app = LoginServer()
    server: WSGIServer = make_server("127.0.0.1", 0, app, handler_class=Quiet)
    app.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield app
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
