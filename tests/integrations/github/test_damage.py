"""A day whose rows were lost is told, with what lacks; reading everything again makes it whole."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from contributors.activity.models import Completeness, Contribution, WorkItem
from integrations.connections.models import Source
from integrations.connections.sync import sync_source
from integrations.connections.weighing import weigh_again
from integrations.github.connector import GitHubConnector
from tests.integrations.github.dump import dump
from tests.integrations.github.test_sync import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def damaged(source):
    """Read whole, then half of the rows of its busiest day are gone; gives that day's count."""
    read(source)
    row = Completeness.objects.order_by("-received", "day")[0]
    rows = Contribution.objects.filter(occurred_at__date=row.day).order_by("pk")
    lost = list(rows.values_list("pk", flat=True))[::2]
    Contribution.objects.filter(pk__in=lost).delete()
    found = Source.objects.select_related("repository").get()
    weigh_again(source=found, connector=GitHubConnector(), at=timezone.now())
    return found, row, len(lost)


def test_a_damaged_day_is_short_by_what_was_lost_and_no_other_day_is(damaged):
    _of, whole, lost = damaged

    (short,) = Completeness.objects.lacking()
    assert (short.day, short.expected, short.received) == (
        whole.day,
        whole.expected,
        whole.expected - lost,
    )
    lacking = sum(part[0] - part[1] for part in short.parts.values())
    assert lacking == lost


def test_the_pages_show_the_damaged_day_with_the_numbers_that_lack(client, damaged):
    of, whole, _lost = damaged
    (short,) = Completeness.objects.lacking()
    numbers = [number for part in short.parts.values() for number in part[3:] for number in number]
    start, end = whole.day, whole.day + timedelta(days=1)

    days = client.get(reverse("activity:completeness", args=[of.repository_id]))
    every = client.get(reverse("activity:whole"), {"from": start, "to": end})

    text = days.content.decode()
    assert f"{short.received} of {short.expected} on" in text
    assert numbers
    assert all(f"#{number}" in text for number in numbers)
    assert ">100%" not in text
    assert "100% complete" not in every.content.decode()
    assert every.context["lines"][0].strip.states == ["short"]
    assert 'aria-label="Days: something missing 1"' in every.content.decode()


def test_the_command_and_the_api_tell_it_too(client, damaged):
    of, whole, lost = damaged
    said = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("completeness", of.repository.name, "--json", stdout=said)
    listed = client.get("/api/v1/completeness/").json()["results"]
    days = client.get("/api/v1/completeness-days/?short=true").json()["results"]

    found = json.loads(said.getvalue())
    assert ended.value.code == 1
    assert [day["day"] for day in found["days"]] == [whole.day.isoformat()]
    assert [(one["is_complete"], one["expected"] - one["received"]) for one in listed] == [
        (False, lost)
    ]
    assert [(one["day"], one["expected"] - one["received"]) for one in days] == [
        (whole.day.isoformat(), lost)
    ]


def test_reading_everything_again_repairs_it(client, damaged):
    of, whole, _lost = damaged
    sync_source(source=of, full=True)

    assert list(Completeness.objects.lacking()) == []
    row = Completeness.objects.get(day=whole.day)
    assert (row.expected, row.received) == (whole.expected, whole.received)
    call_command("completeness", of.repository.name, stdout=StringIO())  # ends without a fault
    page = client.get(reverse("activity:completeness", args=[of.repository_id]))
    assert "100% complete" in page.content.decode()


def test_without_counting_the_rows_anew_the_damage_would_not_show(source, monkeypatch):
    """The negative control: take the daily counts for the rows, and lost line comments hide."""
    from integrations.github import completeness

    read(source)
    Contribution.objects.filter(kind="review_comment")[0].delete()
    monkeypatch.setattr(completeness, "held_by_day", completeness.recorded_by_day)
    found = Source.objects.select_related("repository").get()

    weigh_again(source=found, connector=GitHubConnector(), at=timezone.now())

    assert list(Completeness.objects.lacking()) == []


def test_an_item_lost_whole_is_short_on_its_day(source):
    before = (read(source), dump())[1]
    lost = WorkItem.objects.order_by("number")[3]
    Contribution.objects.filter(work_item=lost).delete()
    day, number = lost.opened_at.date(), lost.number
    lost.delete()
    found = Source.objects.select_related("repository").get()
    weigh_again(source=found, connector=GitHubConnector(), at=timezone.now())

    parts = Completeness.objects.get(day=day).parts
    assert number in [one for part in parts.values() for more in part[3:] for one in more]
    sync_source(source=found, full=True)
    assert dump()["Completeness"] == before["Completeness"]
