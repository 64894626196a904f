"""Tokens at rest."""

import pytest

from community.audit.models import Event
from community.lib.refusals import Refused
from integrations.connections.actions import connect
from integrations.connections.credentials import reseal_tokens
from integrations.connections.models import Credential
from integrations.connections.sealing import seal, unseal
from tests.factories import NOON
from tests.factories.connections import scripted

TOKEN = "ghp_0123456789abcdefXYZ9"


def test_a_sealed_token_opens_again_and_differs_each_time():
    assert (unseal(seal(TOKEN)), seal(TOKEN) == seal(TOKEN), TOKEN in seal(TOKEN)) == (
        TOKEN,
        False,
        False,
    )


def test_an_unknown_key_is_told_in_words(settings):
    sealed = seal(TOKEN)
    settings.ENCRYPTION_KEYS = ["another-key-of-more-than-thirty-two-characters"]

    with pytest.raises(Refused) as refusal:
        unseal(sealed)

    assert refusal.value.code == "token_unreadable"


@pytest.mark.django_db
def test_rotation_makes_the_old_key_superfluous(settings):
    old, new = settings.ENCRYPTION_KEYS[0], "a-newer-key-of-more-than-thirty-two-characters"
    with scripted():
        connect(connector="scripted", location="a/b", project="b", token=TOKEN, at=NOON)
    settings.ENCRYPTION_KEYS = [new, old]

    assert reseal_tokens(at=NOON) == 1

    settings.ENCRYPTION_KEYS = [new]
    assert unseal(Credential.objects.get().sealed_secret) == TOKEN


@pytest.mark.django_db
def test_a_token_lies_nowhere_in_clear():
    with scripted():
        connect(connector="scripted", location="a/b", project="b", token=TOKEN, at=NOON)

    kept = Credential.objects.get()
    assert kept.ending == "XYZ9"
    assert TOKEN not in f"{vars(kept)} {list(Event.objects.values())}"
