"""The database itself keeps a sealed roll as it was sealed."""

import pytest
from django.db import IntegrityError, connection, transaction

from governance.rolls.models import Amendment, Roll, Voter
from governance.rolls.triggers import protect
from tests import factories
from tests.conftest import NOON
from tests.factories import rolls

pytestmark = pytest.mark.django_db


def refused(change) -> bool:
    """Whether the database says no; what it did is undone either way."""
    try:
        with transaction.atomic():
            change()
            raise InterruptedError
    except IntegrityError:
        return True
    except InterruptedError:
        return False


def changes(made: Roll) -> dict[str, object]:
    """What nobody may do to a sealed roll."""
    rows, row = Voter.objects.filter(roll=made), made.voters.first()
    mine = Roll.objects.filter(pk=made.pk)
    elsewhere = rolls.roll([factories.person()], slug="other").voters.first()
    new = {"person": factories.person(), "uid": "x", "salt": "y", "leaf": "z"}
    return {
        "insert": lambda: Voter.objects.create(roll=made, **new),
        "delete": row.delete,
        "leaf": lambda: rows.update(leaf="z"),
        "take off": lambda: rows.update(removed_at=NOON),
        "half forgotten": lambda: rows.update(uid=""),
        "person": lambda: rows.update(person=factories.person()),
        "origin": lambda: rows.update(origin="request"),
        "move away": lambda: rows.update(roll=elsewhere.roll),
        "move in": lambda: Voter.objects.filter(pk=elsewhere.pk).update(roll=made),
        "hash": lambda: mine.update(sha256="0" * 64),
        "day": lambda: mine.update(on="2026-04-01"),
        "criteria": lambda: mine.update(criteria=rolls.criteria(slug="others")),
        "state": lambda: mine.update(state="published"),
        "override": lambda: mine.update(override="Never mind."),
        "completeness": lambda: mine.update(completeness=None),
        "roll": lambda: (rows.delete(), mine.delete()),
    }


def test_nothing_that_counts_can_be_changed_once_a_roll_is_sealed():
    protect(connection)  # the suite lifts what would keep it from emptying tables
    made = rolls.sealed([factories.person()])

    assert {name: refused(one) for name, one in changes(made).items()} == dict.fromkeys(
        changes_named(), True
    )


def changes_named() -> list[str]:
    return [
        *("insert", "delete", "leaf", "take off", "half forgotten", "person", "origin"),
        *("move away", "move in", "hash", "day", "criteria", "state", "override"),
        *("completeness", "roll"),
    ]


def test_a_roll_that_is_not_sealed_can_be_changed_so():
    protect(connection)
    made = rolls.published([factories.person()])

    assert [name for name, one in changes(made).items() if refused(one)] == []


def test_somebody_can_be_forgotten_and_a_title_be_corrected():
    made = rolls.sealed([factories.person()])

    assert not refused(lambda: Voter.objects.filter(roll=made).update(uid="", salt=""))
    assert not refused(lambda: Roll.objects.filter(pk=made.pk).update(title="Spring 2026"))


def test_an_amendment_lets_its_own_row_through_and_no_other_and_stays_itself():
    protect(connection)
    made = rolls.sealed([factories.person(), factories.person()])
    first, second = made.voters.order_by("pk")
    people = dict.fromkeys(("person", "proposed_by", "confirmed_by"), first.person)
    hashes = {"before": made.sha256, "after": "1" * 64}
    told = {"document": "{}", "signature": "", "signer": "", "reason": "Left.", "at": NOON}
    amendment = Amendment.objects.create(
        roll=made, number=1, kind="remove", leaf=first.leaf, **people, **hashes, **told
    )

    def take_off(row):
        return refused(lambda: Voter.objects.filter(pk=row.pk).update(removed_at=NOON))

    assert (take_off(first), take_off(second)) == (False, True)
    mine = Roll.objects.filter(pk=made.pk)
    assert not refused(lambda: mine.update(sha256="1" * 64))
    assert refused(lambda: mine.update(sha256="2" * 64))
    assert refused(lambda: Amendment.objects.filter(pk=amendment.pk).update(reason="Other."))
    assert refused(amendment.delete)
