"""When everything is to be listed again: lists of changes leave out what is gone."""

from datetime import datetime, timedelta

from django.conf import settings

from contributors.activity.models import DayCount
from integrations.connections import protocol
from integrations.connections.models import Source

SPREAD = 10  # sources connected together drift apart by up to a third of the interval
PER_REQUEST = 90  # contributions that a request brings, at least
BESIDES = 30


def next_relisting(source: Source) -> datetime | None:
    """When the next is wanted; None for a source that needs none, or where none are wanted."""
    days = settings.RELIST_DAYS
    if not days or source.connector not in protocol.names():
        return None
    if not isinstance(protocol.connector(source.connector), protocol.Relistable):
        return None
    interval = timedelta(days=days) * (1 - source.pk % SPREAD / (3 * SPREAD))
    return (source.relisted_at or source.created_at) + interval


def is_relisting_due(source: Source, *, at: datetime) -> bool:
    """Whether it is time, the first reading is over, and the budget bears it."""
    due_at = next_relisting(source)
    if due_at is None or due_at > at or source.synced_at is None:
        return False
    left = source.budget.get("remaining")
    resets_at = source.budget.get("resets_at")
    if left is None or (resets_at and datetime.fromisoformat(resets_at) <= at):
        left = source.budget.get("limit")
    return left is None or left >= cost_of(source)


def cost_of(source: Source) -> int:
    """About how many requests it takes."""
    counted = DayCount.objects.filter(repository=source.repository_id).total()
    return counted // PER_REQUEST + BESIDES
