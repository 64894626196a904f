"""Two nominators at once make one candidacy."""

import time
from collections.abc import Iterator
from threading import Barrier, Thread

import pytest
from django.db import connection

from community.lib.refusals import Refused
from governance.ballots import nominating
from governance.ballots.models import Candidacy, Election
from governance.ballots.nominating import nominate
from tests.factories.ballots import ANNOUNCED
from tests.governance.ballots.candidates.conftest import scene

ONCE = next(one for one in Candidacy._meta.constraints if one.name == "candidacy_once")


def unlocked(election: Election) -> Election:
    return Election.objects.get(pk=election.pk)


@pytest.fixture
def dawdling(monkeypatch):
    """Between looking and writing there is time for the other one."""
    look = nominating.part_of

    def slowly(*arguments):
        time.sleep(0.15)
        return look(*arguments)

    monkeypatch.setattr(nominating, "part_of", slowly)


@pytest.fixture
def without_constraint() -> Iterator[None]:
    with connection.schema_editor() as editor:
        editor.remove_constraint(Candidacy, ONCE)
    yield
    Candidacy.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Candidacy, ONCE)


def at_once(place) -> list[str]:
    """How it ends for two voters who nominate the same one at the same time."""
    ready, found = Barrier(2), []

    def work(by):
        try:
            ready.wait()
            nominate(election=place.election, person=place.voters[0], by=by, at=ANNOUNCED)
            found.append("done")
        except Refused as refusal:
            found.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=work, args=(by,)) for by in place.voters[1:3]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


def needs_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: SQLite lets one writer in at a time")


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lock", [nominating._locked, unlocked])
def test_two_nominators_at_once_make_one_candidacy(lock, dawdling, monkeypatch):
    needs_postgresql()
    monkeypatch.setattr(nominating, "_locked", lock)
    place = scene()

    assert at_once(place) == ["done", "nominated_already"]
    assert Candidacy.objects.count() == 1


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_without_lock_and_constraint_the_race_would_be_lost(dawdling, monkeypatch, request):
    needs_postgresql()
    request.getfixturevalue("without_constraint")
    monkeypatch.setattr(nominating, "_locked", unlocked)
    place = scene()

    assert at_once(place) == ["done", "done"]
    assert Candidacy.objects.count() == 2


@pytest.mark.django_db
def test_who_is_overtaken_is_told_so(monkeypatch):
    place = scene()
    look = nominating.part_of

    def overtaken(election, person):
        facts = {"nominated_by": place.voters[2], "nominated_at": ANNOUNCED}
        Candidacy.objects.get_or_create(election=election, person=place.voters[0], defaults=facts)
        return look(election, person)

    monkeypatch.setattr(nominating, "part_of", overtaken)

    with pytest.raises(Refused) as refusal:
        nominate(election=place.election, person=place.voters[0], by=place.voters[1], at=ANNOUNCED)

    assert refusal.value.code == "nominated_already"
