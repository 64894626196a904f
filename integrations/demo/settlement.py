"""Puts the invented projects and their repositories into the house."""

from datetime import datetime, timedelta

from community.people.models import Person
from community.projects.actions import create_project
from community.projects.models import Project, Repository
from contributors.activity.ingest import record_completeness
from contributors.activity.records import Batch
from integrations.demo.records import completeness_of
from integrations.demo.stage import Chapter
from integrations.demo.story import Story
from integrations.demo.works import HOST, OWNER, Work


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
