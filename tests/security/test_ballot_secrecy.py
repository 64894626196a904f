"""While an election is open, everybody but the voter sees the same whichever choice was cast.

Two worlds that differ in one ballot are walked through by everybody; ENDURANCE=1 walks through
every address with each of them.
"""

import os
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from django.contrib import admin
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.jobs.clock import story_at
from governance.ballots import casting
from governance.ballots.models import Election
from governance.rolls.models import Officer
from tests import factories
from tests.factories.ballots import announced
from tests.security.addresses import rows
from tests.security.world import HANDLER, World

pytestmark = [pytest.mark.django_db, pytest.mark.alike, pytest.mark.timeout(900)]
OTHERS = ("anonymous", "owner", "maintainer", "superuser", "read token", "maintainer token")
TELLING = ("/api/v1/elections", "/elections", "/audit", "/notifications", "/people/mira")
MORE = ("/admin", "/jobs", "/rolls", "/api/v1/rolls", "/api/v1/notifications", "/search", "/latest")
# These make a new secret whenever they are looked at.
FRESH = ("/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/", "/connections/new/app/")
CHANGES_ANYWAY = re.compile(
    r'(?<=name="csrfmiddlewaretoken" value=")\w+|(?<=nonce=")[^"]+|(?<=nonce-)[^\']+'
    r'|(?<=csrfToken" content=")\w+|[0-9a-f]{12,64}'
)


@pytest.fixture
def election(world) -> Iterator[Election]:
    """Open to the member and three more; the owner answers for it, somebody else observes."""
    now = timezone.now().replace(microsecond=0)
    with time_machine.travel(now, tick=False), story_at(now):
        voters = [world.people["member"], *(factories.person(f"v-{one}") for one in range(3))]
        with story_at(now.replace(year=now.year - 1)):
            election = announced(
                voters,
                officers=[world.people["owner"]],
                opens_at=now.replace(year=now.year - 1),
                closes_at=now.replace(year=now.year + 1),
                lists_voters=True,
            )
        observer = factories.person("observer", claimed_at=now)
        Officer.objects.create(roll=election.roll, person=observer, role="observer")
        yield election


def browsers(world: World) -> dict[str, Client]:
    """Everybody but the voter."""
    found = {role: world.client(role) for role in OTHERS}
    for role, handle in {"observer": "observer", "another voter": "v-0"}.items():
        found[role] = Client()
        found[role].handler = HANDLER
        person = factories.Person.objects.get(handle=handle)
        found[role].force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return found


def addresses(world: World, election: Election, role: str) -> list[str]:
    """Where this role looks."""
    ids = world.ids | {"handle": "mira"}
    paths = {row["path"].format_map(ids) for row in rows() if row["method"] == "GET"}
    found = {path.replace("mascot", election.slug) for path in paths if "logout" not in path}
    found |= {path.replace("spring", election.roll.slug) for path in found}
    if role == "superuser":
        found |= {
            reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            for model in admin.site._registry
        }
    if os.environ.get("ENDURANCE"):
        return sorted(found.difference(FRESH))
    start = {"superuser": TELLING + MORE, "anonymous": TELLING[:2]}.get(role, TELLING[:3])
    return sorted(
        path for path in found if path.startswith(TELLING[:1] if "token" in role else start)
    )


@contextmanager
def undone() -> Iterator[None]:
    """A world that is forgotten, and begins with the same numbers each time."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            tables = list(Election._meta.apps.get_models())
            for statement in connection.ops.sequence_reset_sql(no_style(), tables):
                cursor.execute(statement)
        yield
        transaction.set_rollback(True)


Places = list[tuple[str, str]]


def everywhere(world: World, election: Election) -> Places:
    """Each role with each address at which it looks."""
    roles = (*OTHERS, "observer", "another voter")
    return [(role, path) for role in roles for path in addresses(world, election, role)]


def seen_after(world: World, election: Election, choice: str, places: Places) -> dict:
    """What everybody else sees there once this choice was cast."""
    with undone():
        voter = world.client("member")
        paper = {"cast": "1", f"o-{choice}": "1"}
        answer = voter.post(f"/elections/{election.slug}/vote/", paper)
        assert "receipt-code" in answer.content.decode()
        others = browsers(world)
        return {(role, path): seen(others[role], path) for role, path in places}


def seen(browser: Client, path: str) -> str:
    random.seed(path)
    answer = browser.get(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = {name: value for name, value in answer.items() if name != "Set-Cookie"}
    said = f"{answer.status_code} {headers} {body.decode(errors='replace')}"
    return CHANGES_ANYWAY.sub("*", said)


def differences(world: World, election: Election, places: Places) -> Places:
    choices = ("ada", "grace")
    one, other = (seen_after(world, election, choice, places) for choice in choices)
    return [where for where in one if one[where] != other[where]]


def test_everybody_else_sees_the_same_whatever_was_cast(world, election):
    places = everywhere(world, election)

    assert differences(world, election, places) == []


def test_a_choice_in_the_audit_log_would_be_seen(world, election, monkeypatch):
    record, kept = casting.record, {}
    put_in = casting.put_in

    def put_in_and_tell(election, voter, choice):
        kept["choice"] = choice
        return put_in(election, voter, choice)

    monkeypatch.setattr(casting, "put_in", put_in_and_tell)
    monkeypatch.setattr(casting, "record", lambda **facts: record(**facts, **kept))

    places = [("superuser", "/audit/"), ("anonymous", "/elections/")]

    assert differences(world, election, places) == places[:1]
