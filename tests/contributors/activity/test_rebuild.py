"""What follows from the ledger can be thrown away and made anew, the same."""

import pytest
from django.core.management import CommandError, call_command

from community.jobs.registry import find
from contributors.activity.derived import register_rebuild
from contributors.activity.ingest import ingest
from contributors.activity.models import DayCount, Waiting, WorkItem
from tests import factories
from tests.contributors.activity.test_properties import story
from tests.factories.activity import START, batch_of, canonical, contribution

pytestmark = pytest.mark.django_db


@pytest.fixture
def repository():
    found = factories.repository(name="guild/door")
    ingest(repository=found, batch=batch_of(*story()), at=START)
    return found


def damage():
    DayCount.objects.all().delete()
    WorkItem.objects.update(
        first_response_at=None,
        first_response_by=None,
        last_reply_at=START,
        last_reply_by=None,
        waits_since=START,
    )
    Waiting.objects.update(count=99)


def test_rebuilding_what_is_right_changes_nothing(repository):
    before = canonical()

    call_command("rebuild", verbosity=0)

    assert canonical() == before


def test_rebuilding_mends_whatever_was_derived_wrongly(repository):
    before = canonical()
    damage()
    factories.identity(uid="77")
    DayCount.objects.create(repository=repository, day=START, kind="commit", count=9)

    call_command("rebuild", "guild/door")

    assert canonical() == before


def test_only_the_named_repository_is_rebuilt(repository):
    other = factories.repository(name="guild/window")
    ingest(repository=other, batch=batch_of(contribution("c")), at=START)
    DayCount.objects.filter(repository=other).delete()

    call_command("rebuild", "guild/door")

    assert not DayCount.objects.filter(repository=other).exists()


def test_an_unknown_repository_is_refused_in_words(repository):
    with pytest.raises(CommandError, match="No such repository: guild/roof"):
        call_command("rebuild", "guild/roof")


def test_the_job_rebuilds_one_repository_and_forgives_one_that_is_gone(repository):
    before = canonical()
    damage()

    find("activity.rebuild").run(repository_id=repository.pk)
    find("activity.rebuild").run(repository_id=0)

    assert canonical() == before


def test_what_others_registered_is_rebuilt_too(repository, monkeypatch):
    from contributors.activity import derived

    told = []
    monkeypatch.setattr(derived, "_rebuilds", {})
    register_rebuild("b", lambda: told.append("b"))
    register_rebuild("a", lambda: told.append("a"))

    call_command("rebuild", verbosity=0)

    assert told == ["a", "b"]


def test_a_merge_takes_back_the_answer_that_people_gave_themselves(repository):
    item = WorkItem.objects.get(number=1)
    answerer, author = item.first_response_by, item.author
    answerer.person, kept = author.person, answerer.person
    answerer.save()

    find("activity.note_people").run(kept_id=author.person_id, absorbed_id=kept.pk)

    item.refresh_from_db()
    assert item.first_response_at is None
