"""Jobs that mail digests."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from community.jobs.registry import task
from contributors.digests.actions import (
    forget_person,
    move_subscriptions,
    plan_mailings,
    return_subscriptions,
    send_mailing,
)
from contributors.digests.editions import edition_named
from contributors.digests.models import Mailing


@task("digests.plan", every=timedelta(hours=1))
def plan() -> None:
    """Every hour: a mail for each subscription whose period is over."""
    plan_mailings(at=timezone.now())


@task("digests.send", commits_itself=True)
def send(person_id: int, project_id: int, edition: str) -> None:
    """Send one mail, unless it was."""
    waiting = Mailing.objects.waiting().about(edition_named(edition))
    found = waiting.filter(person=person_id, project=project_id)
    if mailing := found.select_related("person", "project").first():
        send_mailing(mailing=mailing, at=timezone.now())


@task("digests.move")
def move(person_ids: list[int], **facts: Any) -> None:
    """Have the wishes of somebody who was merged go with them."""
    kept, absorbed = person_ids
    move_subscriptions(kept_id=kept, absorbed_id=absorbed)


@task("digests.return")
def give_back(person_ids: list[int], **facts: Any) -> None:
    """Have the wishes of somebody who was parted again go back."""
    return_subscriptions(person_ids=person_ids)


@task("digests.forget")
def forget(person_id: int, **facts: Any) -> None:
    """Forget what somebody who is erased wanted."""
    forget_person(person_id=person_id)
