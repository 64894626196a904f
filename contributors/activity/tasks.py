"""Jobs over the ledger."""

from typing import Any

from community.jobs.registry import task
from community.projects.models import Repository
from contributors.activity.derived import rebuild_repository
from contributors.activity.settle import settle_people


@task("activity.rebuild", commits_itself=True)
def rebuild(repository_id: int) -> None:
    """Make what derives from one repository's ledger anew."""
    repository = Repository.objects.filter(pk=repository_id).first()
    if repository is not None:
        rebuild_repository(repository)


@task("activity.note_people")
def note_people(**facts: Any) -> None:
    """Who answered whom may differ after a merge, a split or a bot found."""
    settle_people(
        pk
        for fact in facts.values()
        for pk in (fact if isinstance(fact, list) else [fact])
        if isinstance(pk, int)
    )
