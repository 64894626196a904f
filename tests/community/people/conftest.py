"""The local server on which people sign in."""

from tests.login_server.fixtures import _server, login_server

__all__ = ["_server", "login_server"]
