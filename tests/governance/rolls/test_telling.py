"""Whom rolls tell what, and once."""

from datetime import timedelta

import pytest

from community.notifications.models import Notice
from governance.rolls.models import Request
from governance.rolls.telling import tell_of_decision, tell_of_roll
from tests import factories
from tests.conftest import NOON
from tests.factories import rolls

pytestmark = pytest.mark.django_db


def addresses() -> list[tuple[str, str]]:
    return list(Notice.objects.order_by("pk").values_list("person__handle", "url"))


def test_those_on_a_published_roll_are_told_once():
    voter = factories.person("vera")
    roll = rolls.published([voter], NOON + timedelta(days=7))

    told = [tell_of_roll(roll=roll, at=NOON) for _ in range(2)]

    assert (told, addresses()) == ([1, 0], [("vera", f"/rolls/{roll.slug}/me/")])


def test_who_asked_is_told_of_the_decision():
    roll = rolls.published([factories.person("vera")], NOON + timedelta(days=7))
    asked = rolls.request(roll, person=factories.person("anna"))

    told = [tell_of_decision(request=asked, at=NOON) for _ in range(2)]

    assert (told, addresses()) == ([1, 0], [("anna", asked.get_absolute_url())])


@pytest.mark.parametrize(
    ("state", "told"), [("accepted", ["anna", "vera"]), ("declined", ["anna"])]
)
def test_who_is_taken_off_at_somebody_elses_wish_is_told(state, told):
    voter, other = factories.person("vera"), factories.person("anna")
    roll = rolls.published([voter], NOON + timedelta(days=7))
    asked = Request.objects.create(
        roll=roll, person=voter, by=other, kind="exclude", state=state, created_at=NOON
    )

    tell_of_decision(request=asked, at=NOON)

    assert [handle for handle, _address in addresses()] == told
    assert "anna" not in str(Notice.objects.order_by("pk").last().sentence)
