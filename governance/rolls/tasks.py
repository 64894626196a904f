"""Jobs on rolls."""

from typing import Any

from django.utils import timezone

from community.jobs.registry import task
from governance.rolls.forgetting import forget_person
from governance.rolls.models import Request, Roll
from governance.rolls.telling import tell_of_decision, tell_of_roll


@task("rolls.forget")
def forget(person_id: int, **facts: Any) -> None:
    """Wipe what names somebody who is erased; the leaf and the hash stay."""
    forget_person(person_id=person_id)


@task("rolls.tell_published")
def tell_published(roll_id: int, **facts: Any) -> None:
    """Tell those on a roll that it is published."""
    tell_of_roll(roll=Roll.objects.get(pk=roll_id), at=timezone.now())


@task("rolls.tell_decided")
def tell_decided(request_id: int, **facts: Any) -> None:
    """Tell who asked that officers decided."""
    request = Request.objects.select_related("roll").get(pk=request_id)
    tell_of_decision(request=request, at=timezone.now())
