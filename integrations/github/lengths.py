"""How long GitHub's lists were when looked at, and what deliveries told gone from them since."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from contributors.activity.models import Contribution, Tombstone
from integrations.connections.models import Departure, Source
from integrations.github.events import Understood

# Lists by what they hold; issues and pull requests are counted otherwise.
WALKED = {
    "issue_comments": "issue_comment",
    "review_comments": "review_comment",
    "releases": "release",
}


def note_departures(*, source: Source, understood: Understood, told_at: datetime) -> None:
    """Remember what a delivery is the first to tell gone; a deleted issue takes its comments along.

    To be called before it is marked as gone. What is known to be gone left before,
    as whoever told it first has noted.
    """
    for phase, kind in WALKED.items():
        if ids := understood.gone.get(kind):
            fresh = _not_known_to_be_gone(source, kind, ids)
            made_at = understood.gone_from or told_at
            _note(source, phase, [(one, made_at) for one in fresh], told_at)
    if issues := understood.gone.get("issue"):
        said = Contribution.objects.present().filter(
            kind="issue_comment",
            work_item__repository=source.repository,
            work_item__kind="issue",
            work_item__external_id__in=issues,
        )
        _note(source, "issue_comments", said.values_list("external_id", "occurred_at"), told_at)


def left_since(source: Source, phase: str, looked_at: datetime) -> int:
    """How many were on a list when it was looked at, and are gone as deliveries have told since."""
    held = Contribution.objects.present().filter(
        repository=source.repository, kind=WALKED[phase], external_id=OuterRef("external_id")
    )
    left = source.departures.filter(phase=phase, made_at__lte=looked_at, told_at__gt=looked_at)
    return left.exclude(Exists(held)).count()


def _not_known_to_be_gone(source: Source, kind: str, ids: Iterable[str]) -> list[str]:
    named = Q(repository=source.repository, kind=kind, external_id__in=ids)
    dead = Contribution.objects.filter(named).exclude(deleted_at=None)
    buried = Tombstone.objects.filter(named)
    known = [set(rows.values_list("external_id", flat=True)) for rows in (dead, buried)]
    return sorted(set(ids).difference(*known))


def _note(
    source: Source, phase: str, things: Iterable[tuple[str, datetime]], told_at: datetime
) -> None:
    """External ids, and since when each was on the list."""
    Departure.objects.bulk_create(
        (
            Departure(source=source, phase=phase, external_id=one, made_at=made_at, told_at=told_at)
            for one, made_at in things
        ),
        update_conflicts=True,  # a release that was published again may leave again
        unique_fields=["source", "phase", "external_id"],
        update_fields=["made_at", "told_at"],
    )
