"""Verbs on projects."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction

from community.audit.actions import record
from community.jobs.topics import publish
from community.lib.refusals import Refused
from community.people.models import Person
from community.projects.models import Project, ProjectSlug
from community.projects.rules import why_not_call_it
from community.projects.search import index_text


class Positioning(TypedDict, total=False):
    """What a project says of itself."""

    kind: str
    stage: str
    summary: str
    direction: str
    scenarios: str
    core_value: str
    vision: str
    mission: str
    license: str
    links: list[dict[str, str]]
    topics: list[str]


@transaction.atomic
def create_project(
    *,
    slug: str,
    name: str,
    actor: Person | None,
    at: datetime,
    maintainers: Sequence[Person] = (),
    **positioning: Unpack[Positioning],
) -> Project:
    """Open a project; subscribers of `projects.created` are told.

    Raises `Refused` when the slug is malformed or belongs to another project.
    """
    _require_slug(slug, None)
    project = Project(slug=slug, name=name, created_at=at, **positioning)
    _save(project)
    project.maintainers.set(maintainers)
    record(verb="projects.created", subject=project, actor=actor, at=at, slug=slug, name=name)
    publish("projects.created", project_id=project.pk)
    return project


@transaction.atomic
def change_project(
    *,
    project: Project,
    actor: Person | None,
    at: datetime,
    slug: str | None = None,
    name: str | None = None,
    maintainers: Sequence[Person] | None = None,
    **positioning: Unpack[Positioning],
) -> Project:
    """Change what is named and record what differs; a new slug keeps the old address alive.

    Raises `Refused` when the slug is malformed or belongs to another project.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    wanted: dict[str, Any] = {**positioning}
    if name is not None:
        wanted["name"] = name
    diff = {
        field: [getattr(project, field), value]
        for field, value in wanted.items()
        if getattr(project, field) != value
    }
    for field, (_before, after) in diff.items():
        setattr(project, field, after)
    if slug is not None and slug != project.slug:
        diff["slug"] = [project.slug, slug]
        _move(project, slug, at)
    if maintainers is not None:
        diff.update(_appoint(project, maintainers))
    if diff:
        _save(project)
        record(verb="projects.changed", subject=project, actor=actor, at=at, diff=diff)
    return project


def _require_slug(slug: str, project: Project | None) -> None:
    others, signposts = Project.objects.filter(slug=slug), ProjectSlug.objects.filter(slug=slug)
    if project is not None:
        others, signposts = others.exclude(pk=project.pk), signposts.exclude(project=project)
    is_taken = others.exists() or signposts.exists()
    if refusal := why_not_call_it(slug, is_taken=is_taken):
        raise refusal


def _move(project: Project, slug: str, at: datetime) -> None:
    """Give the project another slug and keep the one it had as a signpost."""
    _require_slug(slug, project)
    ProjectSlug.objects.filter(slug=slug).delete()
    ProjectSlug.objects.create(slug=project.slug, project=project, retired_at=at)
    project.slug = slug


def _appoint(project: Project, maintainers: Sequence[Person]) -> dict[str, list[list[int]]]:
    """Set who looks after the project; the difference names people by id only."""
    before = sorted(project.maintainers.values_list("pk", flat=True))
    after = sorted({person.pk for person in maintainers})
    project.maintainers.set(maintainers)
    if before != after:
        publish("projects.maintainers_changed", project_id=project.pk)
    return {"maintainers": [before, after]} if before != after else {}


def _save(project: Project) -> None:
    """Store the project with its search text."""
    project.search_text = index_text(
        [
            [project.name, project.slug],
            project.topics,
            [project.summary],
            [
                project.direction,
                project.scenarios,
                project.core_value,
                project.vision,
                project.mission,
            ],
        ]
    )
    try:
        with transaction.atomic():
            project.save()
    except IntegrityError as error:
        # Two people chose the same slug in the same instant.
        raise why_not_call_it(project.slug, is_taken=True) or Refused("conflict", "") from error
