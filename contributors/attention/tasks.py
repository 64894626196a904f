"""Jobs that look what wants attention."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from community.jobs.registry import task
from contributors.attention.actions import forget_visits, refresh_reviews


@task("attention.refresh", every=timedelta(minutes=10))
def refresh() -> None:
    """Every ten minutes: who reviewed how much, and what nobody reviewed yet."""
    refresh_reviews(at=timezone.now())


@task("attention.forget")
def forget(person_id: int, **facts: Any) -> None:
    """Forget when somebody who is erased was here."""
    forget_visits(person_id=person_id)
