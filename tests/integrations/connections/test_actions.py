"""Connecting, renewing, disconnecting."""

import pytest

from community.audit.models import Event
from community.lib.refusals import Refused
from community.projects.models import Project, Repository
from integrations.connections.actions import connect, disconnect, pause, resume
from integrations.connections.models import Connection, Credential, Source
from tests.factories import NOON, project
from tests.factories.connections import scripted, source

pytestmark = pytest.mark.django_db


def plug(**more) -> Source:
    with scripted():
        return connect(**{"connector": "scripted", "location": "guild/hall", "at": NOON, **more})


def test_connecting_makes_the_project_from_what_the_repository_says():
    plug(project="the-hall")

    made = Project.objects.get()
    assert (made.slug, made.name, made.summary) == ("the-hall", "hall", "A hall for a guild.")
    assert list(made.repositories.values_list("name", flat=True)) == ["guild/hall"]


def test_connecting_twice_keeps_one_source_and_renews_its_token():
    plug(project="hall")
    plug(project="hall", token="a-token-of-some-length")

    assert (Source.objects.count(), Credential.objects.get().ending) == (1, "ngth")


def test_a_repository_of_another_project_is_refused():
    plug(project="hall")
    project("other")

    with pytest.raises(Refused) as refusal:
        plug(project="other")

    assert refusal.value.code == "other_project"


def test_a_bad_short_name_is_refused_before_anything_is_written():
    with pytest.raises(Refused) as refusal:
        plug(project="not a slug")

    assert (refusal.value.code, Repository.objects.count()) == ("slug_malformed", 0)


def test_disconnecting_keeps_the_repository_and_forgets_the_token(maintainer):
    of = plug(project="hall", token="a-token-of-some-length")

    disconnect(source=of, by=maintainer, at=NOON)

    left = (Source.objects.count(), Connection.objects.count(), Repository.objects.count())
    assert left == (0, 0, 1)


def test_pausing_and_resuming_are_told_to_the_log(maintainer):
    of = source()

    pause(source=of, by=maintainer, at=NOON)
    resume(source=of, by=maintainer, at=NOON)

    assert list(Event.objects.order_by("number").values_list("verb", "actor")) == [
        ("connections.paused", maintainer.pk),
        ("connections.resumed", maintainer.pk),
    ]
    assert list(Source.objects.due_at(NOON)) == [of]
