"""An election that takes nominations, and those who have to do with it."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.test import Client

from community.people.models import Affiliation, Person
from governance.ballots.models import Election
from governance.ballots.nominating import nominate, write_statement
from tests import factories
from tests.factories.ballots import ANNOUNCED, drafted, people, sealed_roll

READERS = ("nominating", "candidacy_views", "actions", "casting")
UNTIL = ANNOUNCED + timedelta(hours=3)


@pytest.fixture(autouse=True)
def clock(clock, monkeypatch):
    """The same clock, read by what concerns candidates as well."""
    for name in READERS:
        path = f"governance.ballots.{name}.database_now"
        monkeypatch.setattr(path, lambda: clock.now, raising=False)
    return clock


@dataclass
class Scene:
    """A draft, its voters and its officer."""

    election: Election
    voters: list[Person]
    officer: Person


def scene(voters: int = 5, **more) -> Scene:
    """People stand until `UNTIL`; nobody does yet."""
    on_roll, (officer,) = people(voters), people(1, "officer")
    facts = {"is_of_people": True, "nominations_until": UNTIL, **more}
    return Scene(drafted(sealed_roll(on_roll, [officer]), (), **facts), on_roll, officer)


def stand(election: Election, person: Person, text: str = ""):
    """Somebody stands at their own wish."""
    made = nominate(election=election, person=person, by=person, at=ANNOUNCED)
    return write_statement(candidacy=made, text=text, by=person, at=ANNOUNCED) if text else made


def employ(person: Person, slug: str) -> None:
    """Somebody works there since long ago."""
    from community.people.models import Organization

    place = Organization.objects.filter(slug=slug).first() or factories.organization(slug)
    Affiliation.objects.create(person=person, organization=place, starts_on=date(2020, 1, 1))


def browser_of(person: Person) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_of(election: Election, person: Person | None = None, more: str = "") -> str:
    """The address of an election's candidates, or of one of them."""
    inner = f"{person.handle}/" if person else ""
    return f"/elections/{election.slug}/candidates/{inner}{more}"
