"""The pages: what they say, to whom, what is not lost, and at what cost."""

import pytest

from contributors.criteria.composing import composed, fields_of
from contributors.criteria.models import Rule, RuleVersion
from tests import factories
from tests.contributors.criteria.conftest import FEW, VOTERS, acts, rule, voter
from tests.contributors.criteria.test_actions import OTHER, revise

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
COMMON = {
    "title": "Voters",
    "slug": "voters",
    "kinds": ["review"],
    "days": "365",
    "at_least": "3",
    "per_day": "2",
    "tenure_days": "30",
    "exclusions": ["bot", "suspended"],
}


def test_the_list_leads_to_every_rule(client):
    rule()

    answer = client.get("/criteria/")

    assert [one.slug for one in answer.context["page"]] == ["voters"]
    assert 'href="/criteria/voters/"' in answer.text


def test_without_rules_the_list_says_so(client, maintainer_client):
    assert "No rule is written yet." in client.get("/criteria/").text
    assert "Write a rule" in maintainer_client.get("/criteria/").text


def test_a_rule_says_what_it_asks_and_how_many_meet_it(client):
    rule()
    voter("ada")
    voter("barred", is_active=False)

    text = client.get("/criteria/voters/").text

    for sentence in (
        "All of these:",
        "At least 3 contributions in 365 days: Review.",
        "Of one kind on one day in one repository, at most 2 count.",
        "The first contribution was at least 30 days ago.",
        "Is not a bot. Is not suspended.",
        "<strong>1</strong> of 2 people",
    ):
        assert sentence in text
    assert "ada" not in text


def test_a_rule_is_said_in_chinese(client):
    rule()

    text = client.get("/criteria/voters/", headers={"accept-language": "zh-hans"}).text

    assert "须同时满足：" in text
    assert "365 天内至少有 3 项贡献：评审。" in text


def test_versions_stand_with_what_changed(client):
    revise(rule())

    text = client.get("/criteria/voters/").text

    assert "Too few" in text
    assert "<ins>    &quot;days&quot;: 180</ins>" in text
    assert "<del>      &quot;is_not&quot;: [</del>" in text


def test_what_lacks_in_the_period_is_said(client):
    from contributors.activity.models import Completeness

    rule()
    Completeness.objects.create(
        repository=factories.repository(),
        day="2026-05-01",
        expected=5,
        received=4,
        checked_at="2026-06-01T00:00Z",
    )

    assert "4 of 5 on May 1, 2026." in client.get("/criteria/voters/").text


@pytest.mark.parametrize("size", [1, 3])
def test_a_rule_costs_as_many_queries_for_many_people(
    size, client, django_assert_num_queries, settings
):
    rule()
    for _turn in range(size):
        voter()
    client.get("/criteria/voters/")

    with django_assert_num_queries(11):
        client.get("/criteria/voters/")


@pytest.mark.parametrize("size", [1, 3])
def test_a_list_costs_as_many_queries_for_many_rules(size, client, django_assert_num_queries):
    for number in range(size):
        rule(slug=f"rule-{number}")

    with django_assert_num_queries(2):
        assert len(client.get("/criteria/").context["page"]) == size


@pytest.mark.parametrize("size", [1, 3])
def test_an_answer_costs_as_many_queries_for_many_acts(
    size, member_client, member, django_assert_num_queries
):
    rule()
    for _turn in range(size):
        acts(factories.identity(member), factories.repository(), (3, "review", 2))

    with django_assert_num_queries(13):
        member_client.get("/criteria/voters/me/")


def test_i_am_told_what_i_lack(member_client, member):
    rule()
    acts(factories.identity(member), factories.repository(), (3, "review", 5))

    text = member_client.get("/criteria/voters/me/").text

    assert "Not yet: 1 more (Review)." in text
    assert "2 of 3" in text
    assert "Not yet: 27 more days." in text
    assert "2 contributions count" in text
    assert "3 are left out by limits" in text
    assert "over the most of one kind on one day in one repository" in text
    assert "/activity/?person=mira&amp;kind=review&amp;from=2025-07-01&amp;to=2026-07-01" in text


def test_i_am_told_that_i_meet_it(member_client, member):
    rule()
    acts(factories.identity(member), factories.repository(), (50, "review", 2), (3, "review", 5))

    text = member_client.get("/criteria/voters/me/").text

    assert "You meet it." in text
    assert "Not yet" not in text


def test_the_rows_that_a_clause_leads_to_are_as_many_as_it_says(member_client, member):
    rule()
    place = factories.repository()
    acts(
        factories.identity(member), place, (365, "review", 4), (0, "review", 8), (366, "review", 1)
    )

    answer = member_client.get("/criteria/voters/me/")

    (row,) = answer.context["card"].parts[0].rows
    assert row.count == 4
    assert member_client.get(row.url).context["page"].paginator.count == 4


def test_below_a_not_nobody_is_told_to_do_more(member_client):
    rule({"not": FEW})

    text = member_client.get("/criteria/voters/me/").text

    assert "You meet it." in text
    assert "more" not in text.split("<main")[1].split("</main>")[0]


def test_acts_in_repositories_not_shown_to_me_count_without_a_name(member_client, member):
    rule()
    secret = factories.repository(is_private=True, name="guild/secret")
    acts(factories.identity(member), secret, (3, "review", 2))

    text = member_client.get("/criteria/voters/me/").text

    assert "2 contributions count" in text
    assert "secret" not in text


def test_the_fields_make_the_common_shape(maintainer_client, maintainer):
    answer = maintainer_client.post("/criteria/new/", COMMON)

    assert answer["Location"] == "/criteria/voters/"
    version = RuleVersion.objects.get()
    assert (version.document, version.created_by) == (VOTERS, maintainer)


def test_a_preview_saves_nothing_and_loses_nothing(maintainer_client):
    voter()

    answer = maintainer_client.post("/criteria/new/", {**COMMON, "preview": "1"})

    assert "<strong>1</strong> of 2 people would meet it today." in answer.text
    assert 'value="365"' in answer.text
    assert Rule.objects.count() == 0


@pytest.mark.parametrize(
    ("more", "field", "sentence"),
    [
        ({"at_least": "0"}, "at_least", "Ensure this value is greater than or equal to 1."),
        ({"kinds": []}, "kinds", "Say which contributions are counted."),
        ({"at_least": ""}, "at_least", "Say how many contributions it takes."),
        ({"slug": "new"}, "slug", "Choose another short name: this one is an address here."),
        ({"extra": "{"}, "extra", "This is not JSON: look at line 1."),
        (
            {"extra": '{"any": [{"tenure": {"days": "9"}}]}'},
            "extra",
            "any[0].tenure.days: Write a whole number from 1 to 3650.",
        ),
        (
            {"extra": '{"member_of": {"project": "gone", "role": "maintainer"}}'},
            "extra",
            "member_of.project: There is no project “gone”.",
        ),
    ],
)
def test_an_error_stands_beside_its_field_and_nothing_is_lost(
    more, field, sentence, maintainer_client
):
    answer = maintainer_client.post("/criteria/new/", {**COMMON, **more})

    form = answer.context["form"]
    assert (answer.status_code, dict(form.errors)) == (200, {field: [sentence]})
    assert form["title"].value() == "Voters"
    assert form["extra"].value() == more.get("extra")
    assert Rule.objects.count() == 0


def test_a_rule_must_ask_for_something(maintainer_client):
    answer = maintainer_client.post("/criteria/new/", {"title": "All", "slug": "all", "days": "9"})

    assert dict(answer.context["form"].errors) == {
        "__all__": ["Ask for something: fill in at least one condition."]
    }


def test_revising_begins_with_what_is_asked_now(maintainer_client):
    rule()

    form = maintainer_client.get("/criteria/voters/revise/").context["form"]

    wanted = ("kinds", "days", "at_least", "per_day", "tenure_days", "exclusions", "extra")
    assert [form[name].value() for name in wanted] == [
        *(["review"], 365, 3, 2, 30, ["bot", "suspended"], ""),
    ]


def test_a_revision_is_saved_and_one_without_change_refused(maintainer_client):
    rule()
    given = {**COMMON, "reason": "Fewer came"}

    same = maintainer_client.post("/criteria/voters/revise/", given)
    changed = maintainer_client.post("/criteria/voters/revise/", {**given, "at_least": "2"})

    assert "This asks the same as the version in force." in same.text
    assert changed.status_code == 302
    assert [one.number for one in RuleVersion.objects.all()] == [2, 1]


@pytest.mark.parametrize(
    "document",
    [
        VOTERS,
        FEW,
        OTHER,
        {"any": [FEW, OTHER]},
        {"all": [OTHER]},
        {"all": [FEW, {"any": [OTHER, {"is_not": ["bot"]}]}]},
        {"all": [OTHER, FEW]},
        {"all": [FEW, {"spread": {"kinds": ["issue"], "days": 365, "weeks": 2}}]},
        {"all": [FEW, {"spread": {"kinds": ["review"], "days": 365, "weeks": 2}}]},
        {"count": {**FEW["count"], "projects": ["atlas"]}},
    ],
)
def test_every_document_comes_back_from_the_fields_as_it_was(document):
    import json

    fields = fields_of(document)
    again = {**fields, "extra": json.loads(fields["extra"]) if fields["extra"] else None}

    assert composed(again) == document


def test_the_schema_is_there_for_programs(client):
    assert client.get("/criteria/schema.json").json()["$ref"] == "#/$defs/clause"
