"""The page: who stands on it, for whom, and at what cost."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from community.people.leaves import announce_leave
from community.people.models import Person
from contributors.retention.models import FollowUp
from tests import factories
from tests.contributors.retention.conftest import AT, SINCE, TODAY, follow_up, quiet
from tests.factories.tokens import bearer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
PAGE = "/at-risk/"


def listed(client, path: str = PAGE) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    return [case.person.handle for case, _ in answer.context["rows"]]


@pytest.fixture
def owner(member):
    """A browser of somebody who maintains `atlas` and nothing else."""
    factories.project("atlas").maintainers.add(member)
    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


def atlas():
    from community.projects.models import Project

    return Project.objects.get(slug="atlas")


def test_who_carried_most_stands_first(maintainer_client):
    place = factories.repository().pk
    area = {"repository": place, "kind": "commits", "total": 100, "others": 2}
    quiet("light", areas=[])
    quiet("heavy", areas=[{**area, "mine": 90}])
    quiet("medium", areas=[{**area, "mine": 51}])
    quiet("lighter", areas=[], recent=7.0, reason="fell")

    assert listed(maintainer_client) == ["heavy", "medium", "light", "lighter"]


def test_a_row_says_why_since_when_and_what_was_carried(maintainer_client):
    drift = quiet("ada", recent=4.0, reason="fell")

    text = maintainer_client.get(PAGE).text

    name = drift.person.drift.areas[0]["repository"]
    from community.projects.models import Repository

    assert "about 20 contributions a month, and now about 4: 80% less" in text
    assert "Quiet since Jul 2026" in text
    assert f"All reviews in {Repository.objects.get(pk=name)}, nobody else did any" in text
    assert "<title>Contributions by month</title>" in text


def test_nobody_is_listed_says_one_sentence(maintainer_client):
    assert "Nobody is quieter than usual." in maintainer_client.get(PAGE).text


def test_bots_and_people_on_leave_are_never_listed(maintainer_client, maintainer):
    quiet("robot")
    Person.objects.filter(handle="robot").update(is_bot=True)
    away = quiet("away").person
    announce_leave(person=away, starts_on=TODAY, ends_on=None, by=maintainer, at=AT)
    quiet("ada")

    assert listed(maintainer_client) == ["ada"]


def test_a_project_lists_those_who_worked_in_it(owner):
    quiet("ours", project=atlas())
    quiet("theirs")

    assert listed(owner, "/projects/atlas/at-risk/") == ["ours"]
    assert owner.get("/projects/atlas/at-risk/theirs/").status_code == 404
    assert owner.get(PAGE).status_code == 403


def test_who_hides_their_activity_is_shown_to_maintainers_of_the_site_alone(
    owner, maintainer_client
):
    quiet("shy", project=atlas())
    Person.objects.filter(handle="shy").update(visibility={"activity": "hidden"})

    assert listed(owner, "/projects/atlas/at-risk/") == []
    assert owner.post("/projects/atlas/at-risk/shy/", {"verb": "note"}).status_code == 404
    assert listed(maintainer_client, "/projects/atlas/at-risk/") == ["shy"]


def test_an_area_in_a_private_repository_of_another_project_is_not_named(owner):
    drift = quiet("ours", project=atlas())
    secret = factories.repository(name="guild/secret", is_private=True)
    area = {"repository": secret.pk, "kind": "commits", "mine": 9, "total": 9, "others": 0}
    drift.areas.append(area)
    drift.save()

    assert "guild/secret" not in owner.get("/projects/atlas/at-risk/").text


def test_what_is_written_in_a_project_is_read_there_and_by_site_maintainers(
    owner, maintainer_client
):
    person = quiet("ours", project=atlas()).person
    follow_up(person, text="For all maintainers of the site")
    follow_up(person, text="For atlas", project=atlas())

    project = owner.get("/projects/atlas/at-risk/").text
    community = maintainer_client.get(PAGE).text

    assert ("For atlas" in project, "of the site" in project) == (True, False)
    assert ("For atlas" in community, "of the site" in community) == (True, True)


def post(client, verb: str, **typed):
    return client.post(f"{PAGE}ada/", {"verb": verb, **typed})


def test_a_note_is_written_without_javascript(maintainer_client, maintainer):
    quiet("ada")

    answer = post(maintainer_client, "note", text="Has a new job")

    shown = maintainer_client.get(answer["Location"]).text
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert "Has a new job" in shown
    assert "not yet" in shown
    assert "It is noted" in shown


def test_a_contact_is_assigned(maintainer_client, maintainer):
    quiet("ada")

    post(maintainer_client, "contact", contact=maintainer.pk)

    assert FollowUp.objects.get().contact == maintainer


def test_who_is_snoozed_stands_apart_until_the_day(maintainer_client, time_machine):
    quiet("ada")

    post(maintainer_client, "snooze", until="2026-11-01")

    assert (listed(maintainer_client), listed(maintainer_client, f"{PAGE}?state=snoozed")) == (
        [],
        ["ada"],
    )
    time_machine.move_to(AT.replace(month=11, day=1))
    maintainer_client.force_login(
        Person.objects.get(handle="magnus"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert listed(maintainer_client) == ["ada"]


def test_a_closed_case_is_open_again_with_the_next_drop(maintainer_client):
    drift = quiet("ada")

    post(maintainer_client, "close", text="")
    closed = listed(maintainer_client), listed(maintainer_client, f"{PAGE}?state=closed")
    drift.since = TODAY + timedelta(days=1)
    drift.save()

    assert closed == ([], ["ada"])
    assert listed(maintainer_client) == ["ada"]


def test_who_returned_is_shown_with_the_days_it_took(maintainer_client):
    person = factories.person("ada")
    follow_up(person, outcome="returned", outcome_on=TODAY + timedelta(days=23))

    answer = maintainer_client.get(f"{PAGE}?state=returned")

    assert [case.person for case, _ in answer.context["rows"]] == [person]
    assert "returned after 23 days" in answer.text


def test_a_return_before_this_drop_does_not_hide_it(maintainer_client):
    person = quiet("ada").person
    follow_up(person, outcome="returned", outcome_on=SINCE - timedelta(days=9))

    assert listed(maintainer_client) == ["ada"]


@pytest.mark.parametrize(
    ("verb", "typed", "words"),
    [
        ("note", {"text": ""}, "This field is required."),
        ("contact", {"contact": "999"}, "Select a valid choice"),
        ("snooze", {"until": "2026-10-20"}, "Choose a day after today."),
        ("nonsense", {}, "This field is required."),
    ],
)
def test_an_error_stands_in_its_form(maintainer_client, verb, typed, words):
    quiet("ada")

    answer = post(maintainer_client, verb, **typed)

    assert answer.status_code == 200
    assert words in answer.text
    assert FollowUp.objects.count() == 0


def test_nothing_typed_is_lost_on_an_error(maintainer_client):
    quiet("ada")

    assert 'value="2020-01-01"' in post(maintainer_client, "snooze", until="2020-01-01").text


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_costs_the_same_whatever_the_number_of_people(
    size, maintainer_client, django_assert_num_queries
):
    for _ in range(size):
        follow_up(quiet().person, by=Person.objects.get(handle="magnus"))

    # Session, reader, those quiet, repositories, follow-ups, maintainers.
    with django_assert_num_queries(7):
        assert len(listed(maintainer_client)) == size


def test_the_front_page_leads_maintainers_there(maintainer_client, client):
    quiet("ada")
    quiet("ben")

    sentence = "2 people are quieter than usual"
    project = factories.project("atlas")
    quiet("cy", project=project)

    assert "3 people are quieter than usual" in front(maintainer_client)
    assert "quieter than usual" not in front(client)
    assert (
        "1 person is quieter than usual" in maintainer_client.get("/projects/atlas/activity/").text
    )
    assert sentence not in front(client)


def front(client) -> str:
    """The front page, which has figures."""
    from contributors.metrics.models import Figure

    Figure.objects.get_or_create(
        scope="community",
        metric="contributions",
        month=date(2026, 9, 1),
        defaults={"version": 1, "details": {"kinds": {}}},
    )
    return client.get("/").text


def test_the_api_tells_maintainers_the_same(client, maintainer, member):
    quiet("ada")
    follow_up(Person.objects.get(handle="ada"), by=maintainer)

    answer = client.get("/api/v1/at-risk/", headers=bearer(maintainer)).json()

    (row,) = answer["results"]
    (area,) = row["carried"]
    (done,) = row["follow_ups"]
    assert (row["person"], row["state"], row["drift"]["since"]) == ("ada", "open", "2026-07-01")
    assert (row["drift"]["sentence"], row["drift"]["version"]) == (
        "Used to make about 20 contributions a month, and now none.",
        1,
    )
    assert (area["kind"], area["share"], area["others"]) == ("reviews", 1.0, 0)
    assert (done["by"], done["outcome"], done["days_until_return"]) == ("magnus", "pending", None)
    assert client.get("/api/v1/at-risk/", headers=bearer(member)).status_code == 403


def test_the_api_narrows_by_project_and_state(client, maintainer, member):
    project = factories.project("atlas")
    project.maintainers.add(member)
    quiet("ours", project=project)
    quiet("theirs")

    def handles(query: str, reader=maintainer) -> list[str]:
        answer = client.get(f"/api/v1/at-risk/?{query}", headers=bearer(reader))
        return [row["person"] for row in answer.json()["results"]]

    assert handles("project=atlas", member) == ["ours"]
    assert handles("state=open") == ["ours", "theirs"]
    assert handles("state=snoozed") == []
    assert client.get("/api/v1/at-risk/?project=x", headers=bearer(member)).status_code == 404


@pytest.mark.parametrize("size", [1, 3])
def test_the_api_costs_the_same_whatever_the_number_of_people(
    size, client, maintainer, django_assert_num_queries
):
    for _ in range(size):
        follow_up(quiet().person, by=maintainer, contact=maintainer)
    headers = bearer(maintainer)
    client.get("/api/v1/me/", headers=headers)

    # Token, those quiet, repositories, follow-ups, and that the token was used.
    with django_assert_num_queries(5):
        client.get("/api/v1/at-risk/", headers=headers)


def test_the_page_is_in_chinese_too(maintainer_client):
    follow_up(quiet("ada").person)

    text = maintainer_client.get(PAGE, headers={"accept-language": "zh-hans"}).text

    assert "平时" in text
    assert "Quiet since" not in text


def test_each_address_has_a_name():
    assert reverse("retention:project", args=["atlas"]) == "/projects/atlas/at-risk/"
    assert reverse("retention:person", args=["ada"]) == "/at-risk/ada/"
