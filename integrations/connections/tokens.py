"""Which keys a source is read with."""

from collections.abc import Sequence

from django.conf import settings

from community.lib.refusals import Refused
from integrations.connections import protocol
from integrations.connections.keys import Key, PlainKey
from integrations.connections.models import Connection, Credential, Source
from integrations.connections.protocol import Installable
from integrations.connections.sealing import unseal


def keys_of(source: Source) -> Sequence[Key]:
    """The source's own keys, else those of the environment. Raises `Refused`.

    Keys with a known problem are left out while there are others. A stored key
    that none of this site's secrets opens is an error only when it is the last.
    """
    if source.connection is None:
        return environment_keys(source.connector)
    return keys_through(source.connection, source.location) or environment_keys(source.connector)


def keys_through(connection: Connection, location: str = "") -> Sequence[Key]:
    """What a connection holds, for a place or for any. Raises `Refused`."""
    stored = [
        one
        for one in connection.credentials.all()
        if (one.serves(location) if location else one.is_complete)
    ]
    return opened([one for one in stored if not one.problem] or stored)


def opened(credentials: Sequence[Credential]) -> Sequence[Key]:
    """The keys of those that can be decrypted. Raises `Refused` when none of some can."""
    found: list[Key] = []
    refusal: Refused | None = None
    for one in credentials:
        try:
            found.append(key_of(one))
        except Refused as refused:
            refusal = refused
    if refusal is not None and not found:
        raise refusal
    return found


def key_of(credential: Credential) -> Key:
    """The credential as a key. Raises `Refused`."""
    secret = unseal(credential.sealed_secret)
    if credential.kind == Credential.Kind.TOKEN:
        return PlainKey(secret)
    return apps_at(credential.connection.provider).app_key(
        credential.app_id, secret, credential.installation_id
    )


def apps_at(provider: str) -> Installable:
    """The connector as one that knows apps; ValueError for any other."""
    connector = protocol.connector(provider)
    if not isinstance(connector, Installable):
        raise ValueError(f"{provider} knows no apps")
    return connector


def environment_keys(connector: str) -> Sequence[Key]:
    """The tokens set for all sources of a connector, such as GITHUB_TOKEN, by commas."""
    listed = str(getattr(settings, f"{connector.upper()}_TOKEN", "")).split(",")
    return [PlainKey(token.strip()) for token in listed if token.strip()]
