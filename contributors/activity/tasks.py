"""Jobs over the ledger."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from community.jobs.registry import task
from community.projects.models import Repository
from contributors.activity.derived import rebuild_repository
from contributors.activity.models import Unsettled
from contributors.activity.settle import settle_people, settle_project, settle_waiting


@task("activity.rebuild", commits_itself=True)
def rebuild(repository_id: int) -> None:
    """Make what derives from one repository's ledger anew."""
    repository = Repository.objects.filter(pk=repository_id).first()
    if repository is not None:
        rebuild_repository(repository)


@task("activity.settle", every=timedelta(minutes=15), is_chore=True, commits_itself=True)
def settle() -> None:
    """Derive what a run put off that died and has no successor."""
    for repository in Repository.objects.filter(pk__in=Unsettled.objects.values("repository")):
        with transaction.atomic():
            settle_waiting(repository=repository)


@task("activity.note_people")
def note_people(**facts: Any) -> None:
    """Who answered whom may differ after a merge, a split or a bot found."""
    settle_people(
        pk
        for fact in facts.values()
        for pk in (fact if isinstance(fact, list) else [fact])
        if isinstance(pk, int)
    )


@task("activity.note_maintainers")
def note_maintainers(project_id: int) -> None:
    """What waits in a project may differ when others look after it."""
    settle_project(project_id)
