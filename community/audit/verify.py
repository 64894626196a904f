"""Walks the chain and names the first row that is not what was written."""

from dataclasses import dataclass

from community.audit.chain import Head
from community.audit.models import Event

ROWS_AT_A_TIME = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the chain holds; `fault` names what is wrong with row `number`, if anything."""

    head: Head
    number: int = 0
    fault: str = ""

    @property
    def is_sound(self) -> bool:
        return not self.fault


def current_head() -> Head:
    """The end of the chain now."""
    last = Event.objects.order_by("-number").first()
    return last.head if last else Head()


def verify(known: Head | None = None) -> Verdict:
    """Check every row in order, in bounded memory.

    A row edited, deleted, inserted or swapped breaks the chain by itself. A
    tail that was cut off, or rewritten with fresh hashes, is a chain of its own
    and shows only against a head `known` from elsewhere.
    """
    last = Head()
    for event in Event.objects.in_order().iterator(ROWS_AT_A_TIME):
        if fault := _fault(event, last) or _contradiction(event, known):
            return Verdict(last, event.number, fault)
        last = event.head
    if known and known.number > last.number:
        missing = f"It is missing; the known head is row {known.number}."
        return Verdict(last, last.number + 1, missing)
    return Verdict(last)


def _fault(event: Event, last: Head) -> str:
    if event.number != last.number + 1:
        return f"Row {last.number + 1} should come here."
    if event.previous_hash != last.hash:
        return "It does not follow from the row before."
    if event.hash != event.seal:
        return "Its content is not what was sealed."
    return ""


def _contradiction(event: Event, known: Head | None) -> str:
    if known and event.number == known.number and event.hash != known.hash:
        return "Its hash is not the one of the known head: this row or one before was rewritten."
    return ""
