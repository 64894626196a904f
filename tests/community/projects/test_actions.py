"""What the verbs on projects promise."""

import pytest

from community.audit.models import Event
from community.lib.refusals import Refused
from community.projects.actions import change_project, create_project
from community.projects.models import Project, ProjectSlug
from tests import factories
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


def opened(slug: str = "lantern", **more) -> Project:
    return create_project(slug=slug, name=slug.title(), actor=None, at=NOON, **more)


def test_a_created_project_is_found_and_recorded(member):
    project = create_project(
        slug="lantern",
        name="Lantern",
        actor=member,
        at=NOON,
        maintainers=[member],
        kind="model",
        topics=["vision"],
    )

    event = Event.objects.get()
    assert (event.verb, event.subject, event.actor) == (
        "projects.created",
        f"projects.project:{project.pk}",
        member,
    )
    assert list(project.maintainers.all()) == [member]
    assert list(Project.objects.matching("vision")) == [project]


def test_a_change_is_recorded_with_what_differs(member):
    project = opened(summary="Old words")

    change_project(
        project=project,
        actor=member,
        at=NOON,
        summary="New words",
        kind="code",
        maintainers=[member],
    )

    event = Event.objects.first()
    assert event.verb == "projects.changed"
    assert event.facts == {
        "diff": {"summary": ["Old words", "New words"], "maintainers": [[], [member.pk]]}
    }


def test_a_change_to_the_same_words_is_no_event(member):
    project = opened(summary="Words")

    change_project(project=project, actor=member, at=NOON, summary="Words", slug="lantern")

    assert [event.verb for event in Event.objects.all()] == ["projects.created"]


def test_a_change_leaves_out_what_is_not_named():
    project = opened(summary="Words", topics=["vision"])

    changed = change_project(project=project, actor=None, at=NOON, vision="A brighter street")

    assert (changed.summary, changed.topics) == ("Words", ["vision"])


def test_search_follows_a_change():
    project = opened(summary="Lights the street")

    change_project(project=project, actor=None, at=NOON, summary="Lights the harbor")

    assert list(Project.objects.matching("harbor")) == [project]
    assert list(Project.objects.matching("street")) == []


def test_a_renamed_project_keeps_all_its_old_slugs():
    project = opened("first")

    for slug in ("second", "third"):
        change_project(project=project, actor=None, at=NOON, slug=slug)

    assert Project.objects.get().slug == "third"
    assert sorted(ProjectSlug.objects.values_list("slug", "project")) == [
        ("first", project.pk),
        ("second", project.pk),
    ]


def test_a_project_may_take_back_its_own_old_slug():
    project = opened("first")

    for slug in ("second", "first"):
        change_project(project=project, actor=None, at=NOON, slug=slug)

    assert Project.objects.get().slug == "first"
    assert list(ProjectSlug.objects.values_list("slug", flat=True)) == ["second"]


def test_an_old_slug_belongs_to_its_project_for_good():
    project = opened("first")
    change_project(project=project, actor=None, at=NOON, slug="second")

    with pytest.raises(Refused) as refusal:
        opened("first")

    assert refusal.value.code == "slug_taken"
    assert list(Project.objects.all()) == [project]


@pytest.mark.parametrize(
    ("slug", "code"),
    [
        ("new", "slug_reserved"),
        ("Upper", "slug_malformed"),
        ("-dash", "slug_malformed"),
        ("two--dashes", "slug_malformed"),
        ("a/b", "slug_malformed"),
        ("", "slug_malformed"),
        ("x" * 81, "slug_malformed"),
    ],
)
def test_a_slug_that_breaks_addresses_is_refused(slug, code):
    with pytest.raises(Refused) as refusal:
        opened(slug)

    assert refusal.value.code == code
    assert list(Project.objects.all()) == []


def test_the_same_slug_in_the_same_instant_is_refused_not_an_error(monkeypatch):
    opened("lantern")
    monkeypatch.setattr("community.projects.actions._require_slug", lambda *_: None)

    with pytest.raises(Refused) as refusal:
        opened("lantern")

    assert refusal.value.code == "slug_taken"


def test_opening_a_project_tells_the_subscribers(monkeypatch):
    told = []
    monkeypatch.setattr(
        "community.projects.actions.publish", lambda topic, **facts: told.append((topic, facts))
    )

    project = opened()

    assert told == [("projects.created", {"project_id": project.pk})]


def test_maintainers_are_kept_once(member):
    stranger = factories.person()

    project = opened(maintainers=[member, stranger, member])

    assert project.maintainers.count() == 2
