"""Taking a delivery in: the row and its job together, each id once."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from community.audit.actions import record
from community.jobs.actions import enqueue
from community.lib.refusals import NOTHING, Sentence
from community.people.models import Person
from integrations.connections.models import Delivery, MissedDelivery

_turn = Lock()
KEEP_BODIES = timedelta(days=30)
KEEP_UNUSED = timedelta(days=7)  # what nothing was made of
KEEP_IDS = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A delivery whose signature was good."""

    provider: str
    delivery_id: str
    event: str
    body: bytes
    action: str = ""
    hook_id: str = ""
    repository_external_id: str = ""
    repository_name: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    signed_for: Sequence[int] | None = None  # connections; None: the whole site


def take_in(*, arrived: Arrived, packed_body: bytes, at: datetime) -> Delivery | None:
    """Store a delivery and ask for its processing, both or neither; None for a known id.

    Of equal deliveries that come at the same moment the table's own key lets
    one in. Nothing else is done within the transaction, since GitHub waits.
    """
    known = Delivery.objects.filter(provider=arrived.provider, delivery_id=arrived.delivery_id)
    if known.exists():
        return None
    try:
        with _in_turn(), transaction.atomic():
            delivery = Delivery.objects.create(
                provider=arrived.provider,
                delivery_id=arrived.delivery_id,
                event=arrived.event,
                action=arrived.action,
                hook_id=arrived.hook_id,
                repository_external_id=arrived.repository_external_id,
                repository_name=arrived.repository_name,
                headers=dict(arrived.headers),
                signed_for=None if arrived.signed_for is None else list(arrived.signed_for),
                packed_body=packed_body,
                size=len(arrived.body),
                received_at=at,
            )
            ask_for_processing(delivery)
    except IntegrityError:
        return None
    return delivery


@contextmanager
def _in_turn() -> Iterator[None]:
    """One writer of this process after the other, on SQLite.

    There writers who find the file locked sleep and look again, so that some
    of many would wait for a second while others pass them by.
    """
    with _turn if connection.vendor == "sqlite" else nullcontext():
        yield


def ask_for_processing(delivery: Delivery) -> None:
    """Have a worker apply the delivery; each provider's app has a task for its own."""
    enqueue(f"{delivery.provider}.process_delivery", delivery_id=delivery.pk)


@transaction.atomic
def process_again(*, delivery: Delivery, by: Person | None, at: datetime) -> bool:
    """Have a delivery applied once more; False when its body is gone or it is waiting anyway."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.packed_body is None or delivery.state == Delivery.State.WAITING:
        return False
    delivery.state, delivery.processed_at = Delivery.State.WAITING, None
    delivery.problem = NOTHING
    delivery.save(update_fields=["state", "processed_at", "problem"])
    ask_for_processing(delivery)
    record(
        verb="connections.delivery_processed_again",
        subject=delivery,
        actor=by,
        at=at,
        event=delivery.event,
        delivery=delivery.delivery_id,
    )
    return True


@transaction.atomic
def close_delivery(
    *, delivery: Delivery, state: Delivery.State, problem: Sentence = NOTHING, at: datetime
) -> None:
    """Note what became of a delivery."""
    delivery.state, delivery.processed_at = state, at
    delivery.problem = problem
    delivery.save(update_fields=["state", "processed_at", "problem"])


@transaction.atomic
def prune_deliveries(*, at: datetime) -> None:
    """Drop bodies after a month and the ids, by which a replay is known, after more than a year.

    Bodies of events nobody knows and of repositories nobody reads go after a week.
    """
    is_unused = Q(state__in=[Delivery.State.UNKNOWN, Delivery.State.IGNORED])
    is_old = Q(received_at__lt=at - KEEP_BODIES)
    is_old |= is_unused & Q(received_at__lt=at - KEEP_UNUSED)
    Delivery.objects.filter(is_old).exclude(packed_body=None).update(packed_body=None)
    Delivery.objects.filter(received_at__lt=at - KEEP_IDS).delete()
    MissedDelivery.objects.filter(sent_at__lt=at - KEEP_IDS).delete()
