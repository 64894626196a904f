"""Rules for programs, and on the command line."""

import json

import pytest
from django.core.management import CommandError, call_command

from contributors.activity.models import Contribution
from tests import factories
from tests.contributors.criteria.conftest import VOTERS, acts, rule, voter
from tests.contributors.criteria.test_actions import OTHER, revise

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


def test_the_list_names_the_version_in_force(client):
    revise(rule())

    assert client.get("/api/v1/criteria/").json()["results"] == [
        {"slug": "voters", "title": "Voters", "purpose": "", "version": 2}
    ]


def test_one_rule_comes_with_every_version_and_who_meets_it(client, maintainer):
    made = rule(by=maintainer)
    voter()

    found = client.get("/api/v1/criteria/voters/").json()

    (version,) = found.pop("versions")
    assert found == {
        "slug": "voters",
        "title": "Voters",
        "purpose": "Who may vote.",
        "on": "2026-07-01",
        "met": 1,
        "people": 2,
        "lacking": None,
    }
    assert (version["document"], version["created_by"]) == (VOTERS, "magnus")
    assert version["sha256"] == made.latest.sha256


def test_i_am_told_clause_by_clause(member_client, member):
    rule()
    acts(factories.identity(member), factories.repository(), (3, "review", 3))
    ids = list(Contribution.objects.order_by("occurred_at").values_list("pk", flat=True))

    found = member_client.get("/api/v1/criteria/voters/me/").json()

    count, tenure, barred = found["clauses"]
    assert (found["holds"], found["on"], found["version"]) == (False, "2026-07-01", 1)
    assert count == {
        "path": "all[0].count",
        "holds": False,
        "measures": [{"what": "acts", "have": 2, "needed": 3}],
        "counted": ids[:2],
        "left_out": [{"contribution": ids[2], "cap": "per_day"}],
        "rows": ["/activity/?person=mira&kind=review&from=2025-07-01&to=2026-07-01"],
    }
    assert tenure["measures"] == [{"what": "days", "have": 3, "needed": 30}]
    assert barred["holds"] is True


def test_the_command_tells_how_many_and_why(capsys):
    rule()
    voter("ada")

    call_command("criteria", "voters")
    many = capsys.readouterr().out.splitlines()
    call_command("criteria", "voters", "--person", "ADA")
    one = capsys.readouterr().out.splitlines()

    assert many == ["voters, version 1, on 2026-07-01", "1 of 1 people meet it."]
    assert one[1:4] == [
        "ada meets it.",
        (
            "+ At least 3 contributions in 365 days: Review."
            " Of one kind on one day in one repository, at most 2 count."
        ),
        "    acts 4/3",
    ]


def test_the_command_asks_for_another_day_as_json(capsys):
    rule()
    voter("ada")

    call_command("criteria", "voters", "--at", "2026-05-22", "--json")
    before = json.loads(capsys.readouterr().out)
    call_command("criteria", "voters", "--at", "2026-06-22", "--json", "--person", "ada")
    after = json.loads(capsys.readouterr().out)

    assert (before["on"], before["met"], before["people"]) == ("2026-05-22", 0, 1)
    assert (after["person"], after["holds"]) == ("ada", True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none"], "There is no rule 'none'."),
        (["voters", "--person", "none"], "There is nobody called 'none'."),
    ],
)
def test_the_command_says_what_is_not_there(arguments, said):
    rule(OTHER)

    with pytest.raises(CommandError, match=said):
        call_command("criteria", *arguments)
