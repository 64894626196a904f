"""The demo community comes in through the one door, and goes without a trace."""

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction

from community.audit.models import Event
from community.lib.refusals import Refused
from community.notifications.models import Notice
from community.people.models import Affiliation, Identity, Organization, Person
from community.projects.models import Project
from contributors.activity.models import Contribution
from contributors.criteria.actions import create_rule, revise_rule
from contributors.criteria.models import Rule
from governance.rolls.leaves import roll_hash
from governance.rolls.models import Roll
from governance.rolls.queries import leaves_of
from integrations.connections.models import Source
from integrations.demo.actions import load_demo, remove_demo
from integrations.demo.models import Loading
from tests import factories
from tests.factories import rolls

AT = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
SEED, PEOPLE = 2, 12
KEPT = {"audit.event", "jobs.job", "contenttypes.contenttype", "auth.permission", "sites.site"}


@pytest.fixture
def loading(db):
    """A small demo community."""
    return load_demo(seed=SEED, people=PEOPLE, at=AT)


def rows_of_all_tables():
    return {
        model._meta.label_lower: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.label_lower not in KEPT
    }


def test_removing_leaves_every_table_as_it_was(db, member):
    factories.organization("real")
    before = rows_of_all_tables()

    load_demo(seed=SEED, people=PEOPLE, at=AT)
    remove_demo(at=AT)

    assert rows_of_all_tables() == before
    assert list(Event.objects.order_by("number").values_list("verb", flat=True))[-2:] == [
        "demo.loaded",
        "demo.removed",
    ]


def test_those_who_sign_in_are_told_of_the_rule_and_maintainers_have_read_it(loading):
    members = Person.objects.claimed()
    keepers = members.filter(maintained_projects__isnull=False).distinct()

    told = [Notice.objects.filter(key=f"rule:voters:{what}") for what in ("written", "counted")]

    assert [rows.count() for rows in told] == [members.count(), keepers.count()]
    assert told[0].exclude(read_at=None).count() == keepers.count() > 0
    assert told[1].unread().count() == keepers.count()


def act_elsewhere(loading):
    identity = Identity.objects.get(pk=loading.ids("identities")[0])
    Contribution.objects.create(
        repository=factories.repository(),
        source="github",
        kind="issue",
        external_id="1",
        identity=identity,
        occurred_at=AT,
        recorded_at=AT,
    )


def act_of_a_stranger(loading):
    Contribution.objects.create(
        repository_id=loading.ids("repositories")[0],
        source="github",
        kind="issue",
        external_id="1",
        identity=factories.identity(),
        occurred_at=AT,
        recorded_at=AT,
    )


def repository_in_its_project(loading):
    factories.repository(Project.objects.get(pk=loading.ids("projects")[0]))


def account_of_its_person(loading):
    factories.identity(Person.objects.get(pk=loading.ids("people")[0]))


def sign_in_as_its_person(loading):
    Person.objects.filter(pk=loading.ids("people")[0]).update(last_login=AT)


def employee_of_its_organization(loading):
    organization = Organization.objects.get(pk=loading.ids("organizations")[0])
    Affiliation.objects.create(person=factories.person(), organization=organization)


def connection_to_its_repository(loading):
    Source.objects.create(
        repository_id=loading.ids("repositories")[0],
        connector="github",
        location="tallowmere/wick",
        created_at=AT,
    )


def version_of_its_rule(loading):
    rule = Rule.objects.get()
    revise_rule(
        rule=rule,
        title=rule.title,
        purpose="",
        document={"tenure": {"days": 9}},
        reason="",
        by=factories.person(),
        at=AT,
    )


def roll_with_its_people(loading):
    rolls.roll([Person.objects.get(pk=loading.ids("people")[0])])


def request_to_its_roll(loading):
    rolls.request(Roll.objects.get(pk=loading.ids("rolls")[0]))


REAL_DATA = (
    roll_with_its_people,
    request_to_its_roll,
    version_of_its_rule,
    act_elsewhere,
    act_of_a_stranger,
    repository_in_its_project,
    account_of_its_person,
    sign_in_as_its_person,
    employee_of_its_organization,
    connection_to_its_repository,
)


def test_real_data_keeps_the_demo_from_going(loading):
    answers = {}

    for add in REAL_DATA:
        with transaction.atomic():
            add(loading)
            answers[add.__name__] = code_of_removal()
            transaction.set_rollback(True)

    assert answers == dict.fromkeys((add.__name__ for add in REAL_DATA), "real_data")
    assert code_of_removal() == ""


def code_of_removal():
    try:
        remove_demo(at=AT)
    except Refused as refusal:
        return refusal.code
    return ""


def test_its_roll_is_sealed_after_two_requests(loading):
    roll = Roll.objects.get(pk__in=loading.ids("rolls"))

    assert (roll.state, roll.title) == ("sealed", "Steering committee 2026 roll")
    assert roll.sha256 == roll_hash(leaves_of(roll))
    assert roll.officers.deciding().count() >= 2
    assert roll.requests.counts() == {"accepted": 1, "declined": 1}
    assert roll.voters.filter(origin="request").count() == 1


def test_a_second_demo_is_refused(loading):
    with pytest.raises(Refused) as refusal:
        load_demo(seed=SEED, people=PEOPLE, at=AT)

    assert refusal.value.code == "already_loaded"


def voters():
    create_rule(slug="voters", title="Voters", document={"is_not": ["bot"]}, by=None, at=AT)


@pytest.mark.parametrize(
    "take",
    [lambda: factories.project("wick"), lambda: factories.organization("shiqiao"), voters],
    ids=["project", "organization", "rule"],
)
def test_names_in_use_are_not_taken_over(db, take):
    take()

    with pytest.raises(Refused) as refusal:
        load_demo(seed=SEED, people=PEOPLE, at=AT)

    assert refusal.value.code == "names_taken"
    assert Loading.objects.count() == 0


def test_removing_what_is_not_there_says_so(db):
    with pytest.raises(CommandError, match="No demo community is loaded"):
        call_command("demo", "remove")


def test_the_commands_load_and_remove(db, capsys):
    call_command("demo", "load", "--seed", "5", "--people", "10")
    loaded = Loading.objects.values_list("seed", "people").get()
    call_command("demo", "remove")

    assert loaded == (5, 10)
    assert "contributions are there" in capsys.readouterr().out
    assert Person.objects.count() == 0
