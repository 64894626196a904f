"""What somebody with the database's password could do to the log, by SQL alone."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet

from community.audit.chain import GENESIS
from community.audit.models import Event

Attack = Callable[[random.Random], None]


def rows() -> QuerySet[Event]:
    """The table without the guards of the model."""
    return QuerySet(Event)


def pick(dice: random.Random, *, least: int = 1, spare: int = 0) -> Event:
    """Some event that is neither among the first nor among the last."""
    return rows().get(number=dice.randint(least, rows().count() - spare))


def change(event: Event, **fields: Any) -> None:
    rows().filter(pk=event.pk).update(**fields)


def shift(first: int, by: int) -> None:
    """Renumber the rows from `first` on, past the unique constraint."""
    rows().filter(number__gte=first).update(number=F("number") + 100_000)
    rows().filter(number__gte=100_000).update(number=F("number") - 100_000 + by)


def reseal(first: int) -> None:
    """Give every row from `first` on a hash that fits."""
    before = rows().filter(number__lt=first).order_by("number").last()
    last_hash = before.hash if before else GENESIS
    for event in rows().filter(number__gte=first).order_by("number"):
        event.previous_hash = last_hash
        last_hash = event.seal
        change(event, previous_hash=event.previous_hash, hash=last_hash)


def edit(dice: random.Random) -> None:
    event = pick(dice)
    fields = [
        {"verb": f"{event.verb}x"},
        {"subject": "people.person:999"},
        {"actor": None if event.actor_id else rows().exclude(actor=None).first().actor},
        {"facts": {**event.facts, "note": "forged"}},
        {"facts": {}},
        {"happened_at": event.happened_at + timedelta(microseconds=1)},
        {"previous_hash": "f" * 64},
        {"hash": "f" * 64},
    ]
    change(event, **dice.choice(fields))


def delete(dice: random.Random) -> None:
    event = pick(dice, spare=1)
    rows().filter(pk=event.pk).delete()


def delete_and_renumber(dice: random.Random) -> None:
    event = pick(dice, spare=1)
    rows().filter(pk=event.pk).delete()
    shift(event.number, -1)


def swap(dice: random.Random) -> None:
    first, second = pick(dice, spare=1), None
    second = rows().get(number=first.number + 1)
    change(first, number=100_000)
    change(second, number=first.number)
    change(first, number=second.number)


def swap_contents(dice: random.Random) -> None:
    first, second = (pick(dice, spare=6), pick(dice, least=rows().count() - 4))
    for one, other in ((first, second), (second, first)):
        change(one, verb=other.verb, facts=other.facts, happened_at=other.happened_at)


def insert(dice: random.Random) -> None:
    before = pick(dice, spare=1)
    shift(before.number + 1, 1)
    forged = Event(
        number=before.number + 1,
        verb="people.promoted",
        subject="people.person:999",
        happened_at=before.happened_at,
        previous_hash=before.hash,
    )
    forged.hash = forged.seal
    rows().bulk_create([forged])


def truncate(dice: random.Random) -> None:
    rows().filter(number__gte=pick(dice, least=2).number).delete()


def rewrite_suffix(dice: random.Random) -> None:
    event = pick(dice)
    change(event, facts={"note": "forged"})
    reseal(event.number)


def delete_and_rewrite_suffix(dice: random.Random) -> None:
    event = pick(dice, spare=1)
    delete_at = event.number
    rows().filter(pk=event.pk).delete()
    shift(delete_at, -1)
    reseal(delete_at)


INSIDE = [edit, delete, delete_and_renumber, swap, swap_contents, insert]
AT_THE_END = [truncate, rewrite_suffix, delete_and_rewrite_suffix]
