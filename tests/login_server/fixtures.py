"""The site with all three outside sign-ins pointed at the local server."""

import copy

import pytest
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter

from tests.login_server import CLIENT, SECRET, running


@pytest.fixture(scope="session")
def _server():
    with running() as server:
        yield server


@pytest.fixture
def login_server(_server, settings, monkeypatch):
    """GitHub, GitLab and OpenID Connect, all spoken by one local server."""
    providers = copy.deepcopy(settings.SOCIALACCOUNT_PROVIDERS)
    app = {"client_id": CLIENT, "secret": SECRET}
    providers["github"]["APPS"] = [app]
    providers["gitlab"]["APPS"] = [{**app, "settings": {"gitlab_url": _server.url}}]
    oidc = {"provider_id": "oidc", "name": "Campus", "settings": {"server_url": _server.url}}
    providers["openid_connect"]["APPS"] = [{**app, **oidc}]
    settings.SOCIALACCOUNT_PROVIDERS = providers
    policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
    policy["DIRECTIVES"]["form-action"] = [*policy["DIRECTIVES"]["form-action"], _server.url]
    settings.CONTENT_SECURITY_POLICY = policy
    # What GITHUB_URL would have set, had it been known when the module was read.
    monkeypatch.setattr(
        GitHubOAuth2Adapter, "authorize_url", f"{_server.url}/login/oauth/authorize"
    )
    monkeypatch.setattr(
        GitHubOAuth2Adapter, "access_token_url", f"{_server.url}/login/oauth/access_token"
    )
    monkeypatch.setattr(GitHubOAuth2Adapter, "profile_url", f"{_server.url}/api/v3/user")
    _server.grants.clear()
    _server.tokens.clear()
    return _server
