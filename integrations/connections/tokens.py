"""Which keys a source is read with."""

from collections.abc import Sequence

from django.conf import settings

from integrations.connections.keys import Key, plain
from integrations.connections.models import Source
from integrations.connections.sealing import unseal


def keys_of(source: Source) -> Sequence[Key]:
    """The source's own keys, else that of the environment. Raises `Refused`."""
    if source.connection is not None and source.connection.sealed_token:
        return plain(unseal(source.connection.sealed_token))
    return plain(environment_token(source.connector))


def environment_token(connector: str) -> str:
    """The token set for all sources of a connector, such as GITHUB_TOKEN; empty without one."""
    return str(getattr(settings, f"{connector.upper()}_TOKEN", ""))
