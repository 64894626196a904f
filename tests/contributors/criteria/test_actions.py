"""Rules are written and revised, and what they asked stays."""

import pytest
from django.db import IntegrityError, transaction

from community.audit.models import Event
from community.lib.refusals import Refused
from contributors.criteria.actions import create_rule, revise_rule
from contributors.criteria.clauses import digest
from contributors.criteria.models import Rule, RuleVersion
from tests.contributors.criteria.conftest import AT, VOTERS, rule

pytestmark = pytest.mark.django_db
OTHER = {"tenure": {"days": 180}}


def revise(one, document=OTHER, **more):
    fields = {"title": "Voters", "purpose": "", "reason": "Too few", "by": None, "at": AT}
    return revise_rule(rule=one, document=document, **{**fields, **more})


def test_a_rule_begins_with_version_one_and_is_logged(maintainer):
    made = rule(by=maintainer)

    version = made.latest
    event = Event.objects.get()
    assert (version.number, version.document, version.created_by) == (1, VOTERS, maintainer)
    assert version.sha256 == digest(VOTERS)
    assert (event.verb, event.actor, event.facts) == (
        "criteria.rule_created",
        maintainer,
        {"version": 1, "sha256": version.sha256},
    )


def test_a_revision_is_a_version_more(maintainer):
    made = rule()

    revise(made, by=maintainer, title="Electors")

    made.refresh_from_db()
    assert made.title == "Electors"
    assert [one.document for one in made.versions.all()] == [OTHER, VOTERS]
    assert made.latest.reason == "Too few"
    assert Event.objects.latest("number").verb == "criteria.rule_revised"


@pytest.mark.parametrize(
    ("more", "code", "reason"),
    [
        ({"slug": "new"}, "reserved", "Choose another short name: this one is an address here."),
        ({"slug": "voters"}, "taken", "Another rule has this short name."),
        (
            {"document": {"tenure": {"days": 0}}},
            "wrong_document",
            "tenure.days: Write a whole number from 1 to 3650.",
        ),
        (
            {"document": {"member_of": {"project": "nowhere", "role": "maintainer"}}},
            "wrong_document",
            "member_of.project: There is no project “nowhere”.",
        ),
    ],
)
def test_what_cannot_be_a_rule_is_refused(more, code, reason):
    rule()

    with pytest.raises(Refused) as refused:
        create_rule(
            **{"slug": "badge", "title": "", "document": OTHER, "by": None, "at": AT, **more}
        )

    assert (refused.value.code, str(refused.value)) == (code, reason)
    assert Rule.objects.count() == 1


def test_who_comes_second_at_the_same_moment_is_refused_too(monkeypatch):
    rule()
    monkeypatch.setattr(type(Rule.objects.all()), "exists", lambda rows: False)

    with pytest.raises(Refused) as refused:
        rule(OTHER)

    assert refused.value.code == "taken"


def test_a_revision_that_asks_the_same_is_refused():
    made = rule({"count": {"kinds": ["review", "commit"], "days": 9, "at_least": 1}})

    with pytest.raises(Refused) as refused:
        revise(made, {"count": {"at_least": 1, "kinds": ["commit", "review"], "days": 9}})

    assert refused.value.code == "unchanged"
    assert RuleVersion.objects.count() == 1


@pytest.mark.parametrize("change", [{"document": OTHER}, {"number": 7}, {"sha256": "0" * 64}])
def test_the_database_refuses_to_change_a_version(change):
    rule()

    with pytest.raises(IntegrityError), transaction.atomic():
        RuleVersion.objects.update(**change)

    assert RuleVersion.objects.get().document == VOTERS


def test_who_wrote_a_version_can_be_forgotten(maintainer):
    rule(by=maintainer)

    RuleVersion.objects.update(created_by=None)

    assert RuleVersion.objects.get().created_by is None
