"""How long GitHub's lists were when they were read, and what is known to have left them since."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import Q

from contributors.activity.models import Contribution, Tombstone
from integrations.connections.models import Source
from integrations.github.events import Understood

# Lists by what they hold; issues and pull requests are counted otherwise.
WALKED = {
    "issue_comments": "issue_comment",
    "review_comments": "review_comment",
    "releases": "release",
}


def leaving(source: Source, understood: Understood) -> Counter[str]:
    """By kind what a delivery is the first to take along; a deleted issue its comments."""
    found: Counter[str] = Counter()
    for kind, ids in understood.gone.items():
        named = Q(repository=source.repository, kind=kind, external_id__in=ids)
        dead = Contribution.objects.filter(named).exclude(deleted_at=None)
        buried = Tombstone.objects.filter(named)
        known = [set(rows.values_list("external_id", flat=True)) for rows in (dead, buried)]
        found[kind] = len(set(ids).difference(*known))
    said = Contribution.objects.present().filter(
        kind="issue_comment",
        work_item__repository=source.repository,
        work_item__kind="issue",
        work_item__external_id__in=understood.gone.get("issue", ()),
    )
    found["issue_comment"] += said.count()
    return found


def shorten(source: Source, gone: Counter[str], *, changed_at: datetime, told_at: datetime) -> None:
    """Count what was on a list, and is gone since, off its length.

    A payload says when a thing last changed, not when it was deleted; what
    changed after the look is told by its own time. The caller has locked the source.
    """
    facts = Source.objects.values_list("facts", flat=True).get(pk=source.pk)
    lists: dict[str, Any] = facts.get("lists") or {}
    for phase, kind in WALKED.items():
        told = lists.get(phase)
        if told and changed_at <= datetime.fromisoformat(told["at"]) < told_at:
            told["total"] -= gone[kind]
    Source.objects.filter(pk=source.pk).update(facts=facts)
