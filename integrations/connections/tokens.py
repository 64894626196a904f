"""Which token a source is read with."""

from django.conf import settings

from integrations.connections.models import Source
from integrations.connections.sealing import unseal


def token_of(source: Source) -> str:
    """The source's own token, else the one of the environment. Raises `Refused`."""
    if source.connection is not None and source.connection.sealed_token:
        return unseal(source.connection.sealed_token)
    return environment_token(source.connector)


def environment_token(connector: str) -> str:
    """The token set for all sources of a connector, such as GITHUB_TOKEN; empty without one."""
    return str(getattr(settings, f"{connector.upper()}_TOKEN", ""))
