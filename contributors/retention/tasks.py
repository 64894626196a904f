"""Jobs that look who drifts away and who came back."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from community.jobs.registry import task
from contributors.retention.actions import forget_person, refresh_drifts


@task("retention.refresh", every=timedelta(hours=1))
def refresh() -> None:
    """Every hour: who became quiet, and who returned after somebody followed up."""
    refresh_drifts(at=timezone.now())


@task("retention.forget")
def forget(person_id: int, **facts: Any) -> None:
    """Forget what was written about somebody who is erased."""
    forget_person(person_id=person_id)
