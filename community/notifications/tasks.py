"""Jobs that mail notices and look after them."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from community.jobs.registry import task
from community.notifications.actions import (
    forget_person,
    mail_notices,
    move_notices,
    prune_notices,
    return_notices,
)


@task("notifications.mail", commits_itself=True)
def mail(notice_ids: list[int]) -> None:
    """Mail what of these notices was not mailed yet."""
    mail_notices(notice_ids=notice_ids, at=timezone.now())


@task("notifications.prune", every=timedelta(days=1), is_chore=True)
def prune() -> None:
    """Every day: forget what was read long ago."""
    prune_notices(at=timezone.now())


@task("notifications.move")
def move(person_ids: list[int], **facts: Any) -> None:
    """Have the notices of somebody who was merged go with them."""
    kept, absorbed = person_ids
    move_notices(kept_id=kept, absorbed_id=absorbed)


@task("notifications.return")
def give_back(person_ids: list[int], **facts: Any) -> None:
    """Have the notices of somebody who was parted again go back."""
    return_notices(person_ids=person_ids)


@task("notifications.forget")
def forget(person_id: int, **facts: Any) -> None:
    """Forget what somebody who is erased was told."""
    forget_person(person_id=person_id)
