"""Verbs on the demo community."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from community.audit.actions import record
from community.lib.refusals import Refused
from community.people.models import Identity, Organization, Person
from community.projects.actions import create_project
from community.projects.models import Project, Repository
from contributors.activity.ingest import ingest, record_completeness
from contributors.activity.models import Completeness, Contribution, DayCount, WorkItem
from contributors.activity.records import Actor, Batch
from integrations.demo.models import Loading
from integrations.demo.population import make_organizations, make_people
from integrations.demo.queries import names_taken, real_data_on
from integrations.demo.records import batch_of, completeness_of
from integrations.demo.rules import why_not_load, why_not_remove
from integrations.demo.stage import Chapter
from integrations.demo.story import Story, tell
from integrations.demo.works import HOST, OWNER, Work

SEED = 1
PEOPLE = 150


@transaction.atomic
def load_demo(*, seed: int = SEED, people: int = PEOPLE, at: datetime) -> Loading:
    """Invent the community of this seed and take it in through the one door.

    All of it or nothing. Raises `Refused` when it is there already or its names are taken.
    """
    if refusal := why_not_load(is_loaded=Loading.objects.exists(), taken=names_taken()):
        raise refusal
    story = tell(seed=seed, people=people, at=at)
    organizations = make_organizations()
    persons = make_people(story, organizations)
    projects = {
        work.slug: make_project(story, work, persons)
        for work in dict.fromkeys(chapter.work for chapter in story.chapters)
    }
    loading = Loading(seed=seed, people=people, told_at=at)
    repositories: list[int] = []
    actors: set[tuple[str, str]] = set()
    for chapter in story.chapters:
        repository = make_repository(story, chapter, projects[chapter.work.slug])
        batch = batch_of(chapter)
        ingest(repository=repository, batch=batch, at=at)
        note_completeness(repository, chapter, batch, at)
        repositories.append(repository.pk)
        actors |= actors_in(batch)
    identities = identities_of(actors, list(persons.values()))
    loading.made = {
        "organizations": [one.pk for one in organizations.values()],
        "projects": [one.pk for one in projects.values()],
        "repositories": repositories,
        "identities": sorted(identities),
        "people": sorted(set(identities.values())),
    }
    loading.save()
    record(verb="demo.loaded", subject=loading, at=at, seed=seed, people=people)
    return loading


def make_project(story: Story, work: Work, persons: dict[int, Person]) -> Project:
    """A project, looked after by the core people at home in its first repository."""
    names = {repo.name for repo in work.repos}
    return create_project(
        slug=work.slug,
        name=work.name,
        actor=None,
        at=story.began + timedelta(days=work.repos[0].began),
        maintainers=[
            persons[one.number]
            for one in story.cast
            if one.level == "core" and names & set(one.homes[:1])
        ],
        kind=work.kind,
        stage=work.stage,
        license=work.license,
        topics=list(work.topics),
        summary=work.summary,
        direction=work.direction,
        scenarios=work.scenarios,
        core_value=work.core_value,
        vision=work.vision,
        mission=work.mission,
    )


def make_repository(story: Story, chapter: Chapter, project: Project) -> Repository:
    """A repository of the invented forge."""
    name = f"{OWNER}/{chapter.repo.name}"
    return Repository.objects.create(
        project=project,
        provider="github",
        external_id=f"demo-{chapter.repo.name}",
        name=name,
        url=f"{HOST}/{name}",
        default_branch="main",
        description=chapter.repo.description,
        is_archived=chapter.work.stage == "emeritus",
        created_at=story.began + timedelta(days=chapter.repo.began),
    )


def note_completeness(repository: Repository, chapter: Chapter, batch: Batch, at: datetime) -> None:
    """Say for each day what was expected and what came."""
    first = repository.created_at.date()
    records = completeness_of(chapter, batch, first, at.date())
    record_completeness(repository=repository, records=records, at=at)


def actors_in(batch: Batch) -> set[tuple[str, str]]:
    """Provider and id of everybody whom a batch names."""
    named: list[Actor | None] = [one.actor for one in batch.contributions]
    for item in batch.work_items:
        named += [item.author, item.closed_by]
    return {(one.provider, one.uid) for one in named if one}


def identities_of(actors: set[tuple[str, str]], people: list[Person]) -> dict[int, int]:
    """The identities of the story with their people, also those that only commits name."""
    uids = [uid for _, uid in actors]
    found = Identity.objects.filter(person__in=people) | Identity.objects.filter(uid__in=uids)
    rows = found.values_list("pk", "person_id", "provider", "uid")
    known = {person.pk for person in people}
    return {
        pk: person
        for pk, person, provider, uid in rows
        if person in known or (provider, uid) in actors
    }


@transaction.atomic
def remove_demo(*, at: datetime) -> None:
    """Take away exactly what the demo community made; the audit log keeps that it was here.

    Raises `Refused` when none is loaded or real data hangs on it.
    """
    loading = Loading.objects.select_for_update().first()
    if loading is None:
        raise Refused("not_loaded", _("No demo community is loaded."))
    if refusal := why_not_remove(real_data_on(loading)):
        raise refusal
    repositories = loading.ids("repositories")
    for table in (Contribution, DayCount, WorkItem, Completeness):
        table._default_manager.filter(repository__in=repositories).delete()
    Repository.objects.filter(pk__in=repositories).delete()
    Project.objects.filter(pk__in=loading.ids("projects")).delete()
    Identity.objects.filter(pk__in=loading.ids("identities")).delete()
    Person.objects.filter(pk__in=loading.ids("people")).delete()
    Organization.objects.filter(pk__in=loading.ids("organizations")).delete()
    record(verb="demo.removed", subject=loading, at=at, seed=loading.seed)
    loading.delete()
