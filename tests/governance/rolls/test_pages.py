"""The pages of rolls: what they say, to whom, and at what cost."""

from datetime import date, timedelta

import pytest
from django.test import Client

from community.people.merging import merge_people
from governance.rolls.actions import compute_roll
from governance.rolls.models import Officer, Request, Roll, Voter
from governance.rolls.querysets import voter_of
from tests import factories
from tests.conftest import NOON
from tests.factories import rolls

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def browser(person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def officer_of(roll: Roll, role: str = "officer") -> Client:
    person = factories.person(claimed_at=NOON)
    Officer.objects.create(roll=roll, person=person, role=role)
    return browser(person)


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_costs_the_same_however_many_rolls_there_are(
    client, size, django_assert_num_queries
):
    for number in range(size):
        rolls.published([factories.person()], slug=f"roll-{number}")

    with django_assert_num_queries(2):
        answer = client.get("/rolls/")

    assert [roll.size for roll in answer.context["page"]] == [1] * size


def test_without_rolls_the_list_says_so(client, maintainer_client):
    assert "There is no roll yet." in client.get("/rolls/").text
    assert "Begin a roll" in maintainer_client.get("/rolls/").text


def test_the_public_sees_counts_and_a_list_without_names(client):
    ada = factories.person("ada-lovelace", name="Ada")
    factories.identity(ada, uid="583231")
    roll = rolls.sealed([ada, factories.person("bert-b")])
    rolls.decided(rolls.request(roll, person=factories.person("carl-c"), state="declined"))

    told = [client.get(f"/rolls/spring/{page}").text for page in ("", "requests/", "roll.txt")]

    assert "<strong>2</strong> voters" in told[0]
    assert roll.sha256 in told[0]
    assert "It can be seen." in told[1]
    assert told[2].splitlines() == sorted(roll.voters.values_list("leaf", flat=True))
    for name in ("ada-lovelace", "bert-b", "carl-c", "583231"):
        assert [name in text for text in told] == [False] * 3


def test_a_draft_tells_nothing_of_who_would_be_on_it(client):
    roll = rolls.roll([factories.person()])

    text = client.get("/rolls/spring/").text

    assert "Not published yet." in text
    assert client.get("/rolls/spring/roll.txt").status_code == 404
    assert "<strong>1</strong> voter" in officer_of(roll).get("/rolls/spring/").text


def test_names_are_for_officers_observers_and_maintainers(client, member_client, maintainer_client):
    roll = rolls.published([factories.person("ada")])
    readers = {
        "anonymous": client,
        "member": member_client,
        "maintainer": maintainer_client,
        "officer": officer_of(roll),
        "observer": officer_of(roll, "observer"),
    }

    answers = {who: one.get("/rolls/spring/voters/").status_code for who, one in readers.items()}

    assert answers == {
        "anonymous": 302,
        "member": 403,
        "maintainer": 200,
        "officer": 200,
        "observer": 200,
    }


@pytest.mark.parametrize("size", [1, 3])
def test_the_names_cost_the_same_however_many_there_are(size, django_assert_num_queries):
    roll = rolls.published([factories.person() for _number in range(size)])
    officer = officer_of(roll)

    with django_assert_num_queries(8):
        answer = officer.get("/rolls/spring/voters/")

    assert len(answer.context["page"]) == size


def test_names_are_searched_and_come_as_a_table():
    ada, bert = factories.person("ada", search_text="ada"), factories.person("bert", name="=1+1")
    factories.identity(bert, uid="77")
    officer = officer_of(rolls.published([ada, bert]))

    found = [
        [
            row.person.handle
            for row in officer.get(f"/rolls/spring/voters/?q={text}").context["page"]
        ]
        for text in ("ADA", "hub:77", "nobody")
    ]
    table = officer.get("/rolls/spring/voters.csv")

    assert found == [["ada"], ["bert"], []]
    lines = b"".join(table.streaming_content).decode().splitlines()
    assert lines[0] == "handle,name,uid,origin,leaf"
    assert lines[2].startswith("bert,'=1+1,github:77,criteria,")


def test_two_rows_of_one_person_are_shown_to_officers(maintainer):
    kept, absorbed = factories.person("kept"), factories.person("absorbed")
    officer = officer_of(rolls.published([kept, absorbed]))
    merge_people(kept=kept, absorbed=absorbed, by=maintainer, at=NOON)

    assert "One person, two rows" in officer.get("/rolls/spring/voters/").text


@pytest.mark.parametrize(
    ("make", "stands", "sentence"),
    [
        (rolls.roll, False, "So far you meet the criteria."),
        (rolls.published, True, "You are on the roll."),
        (rolls.published, False, "Ask to be put on it"),
        (rolls.sealed, True, "You meet the criteria."),
        (rolls.sealed, False, "Only two election officers together can still amend it"),
    ],
)
def test_everybody_is_told_whether_and_why_at_any_time(
    member, member_client, make, stands, sentence
):
    make([member] if stands else [factories.person()])

    text = member_client.get("/rolls/spring/me/").text

    assert sentence in text
    assert "Is not a bot." in text


def test_ones_own_row_is_shown_with_how_to_check_it(member, member_client):
    roll = rolls.sealed([member, factories.person()])
    row, other = voter_of(roll, member), roll.voters.exclude(person=member).get()

    text = member_client.get("/rolls/spring/me/").text

    assert [part in text for part in (row.uid, row.salt, row.leaf)] == [True] * 3
    assert [part in text for part in (other.uid, other.salt, other.leaf)] == [False] * 3
    assert f"grep {row.leaf} spring.txt" in text


def test_who_meets_the_criteria_but_came_late_is_told_so(member_client):
    rolls.published([factories.person()])

    assert "something came late" in member_client.get("/rolls/spring/me/").text


def test_the_window_is_told_in_the_time_of_the_reader_and_in_utc(member, member_client):
    member.time_zone = "Asia/Shanghai"
    member.save()
    rolls.published([factories.person()])

    text = member_client.get("/rolls/spring/me/").text

    assert "March 21, 2026, 8 p.m. (March 21, 2026, noon UTC)" in text
    assert "in 1 week" in text


def test_a_roll_is_begun_published_and_sealed_on_pages(maintainer, maintainer_client, time_machine):
    rolls.criteria()
    ada, bert = factories.person("ada"), factories.person("bert")
    typed = {"title": "Spring", "slug": "spring", "on": "2026-03-01", "floor": "0"}
    typed |= {"rule": Roll.criteria.field.related_model.objects.get().rule_id}
    wrong = maintainer_client.post("/rolls/new/", {**typed, "officers": "ada nobody"})
    maintainer_client.post("/rolls/new/", {**typed, "officers": "ada, @bert"})
    maintainer_client.post("/rolls/spring/compute/")
    officer = browser(ada)

    early = officer.post("/rolls/spring/publish/", {"requests_until": "2026-03-14T13:00"})
    officer.post("/rolls/spring/publish/", {"requests_until": "2026-03-20T12:00"})
    before = officer.get("/rolls/spring/seal/").text
    time_machine.move_to(NOON + timedelta(days=6), tick=False)
    officer.post("/rolls/spring/seal/")

    roll = Roll.objects.get()
    assert "There is nobody called “nobody”." in wrong.text
    assert "Take requests for at least a day and at most 90 days." in early.text
    assert "Requests are taken until their time is over." in before
    assert (roll.state, roll.created_by, roll.voters.count()) == ("sealed", maintainer, 3)
    assert bert in [one.person for one in roll.officers.all()]


def test_a_reason_is_asked_for_where_data_lacks():
    from contributors.activity.models import Completeness

    counted = {"count": {"kinds": ["review"], "days": 30, "at_least": 1}}
    criteria = rolls.criteria(counted)
    roll = rolls.published([factories.person()], NOON, criteria=criteria, floor=95)
    day = {"day": date(2026, 2, 20), "expected": 10, "received": 8, "checked_at": NOON}
    Completeness.objects.create(repository=factories.repository(), **day)
    officer = officer_of(roll)

    asked = officer.post("/rolls/spring/seal/", {"override": "short"}).text
    officer.post("/rolls/spring/seal/", {"override": "Whoever reviewed on that day."})

    assert "Say who is affected, and why." in asked
    text = officer.get("/rolls/spring/").text
    assert "Whoever reviewed on that day." in text
    assert "The data is 80% complete." in text


def test_somebody_asks_and_two_officers_decide_on_pages(member, member_client):
    roll = rolls.published([factories.person()])
    one, two = officer_of(roll), officer_of(roll)

    asked = member_client.post("/rolls/spring/requests/include/", {"reason": "Translated it."})
    path = asked["Location"]
    said = {"verdict": "accept", "reason": "It can be seen."}
    answers = [one.post(path, said), one.post(path, said), two.post(path, said)]

    assert [answer.status_code for answer in answers] == [302, 200, 302]
    assert "another officer has to as well" in answers[1].text
    assert Request.objects.get().state == "accepted"
    assert (
        "The election officers accepted a request." in member_client.get("/rolls/spring/me/").text
    )


def test_a_challenge_is_read_by_officers_and_without_its_author_by_whom_it_concerns(member_client):
    asker, voter = factories.person("asker"), factories.person("voter")
    roll = rolls.published([voter])
    browser(asker).post("/rolls/spring/requests/exclude/", {"person": "@voter", "reason": "Left."})
    path = Request.objects.get().get_absolute_url()

    texts = {who: browser(one).get(path).text for who, one in (("asker", asker), ("voter", voter))}
    texts["officer"] = officer_of(roll).get(path).text

    assert member_client.get(path).status_code == 404
    assert {who: "@asker" in text for who, text in texts.items() if who != "asker"} == {
        "voter": False,
        "officer": True,
    }
    assert ["Left." in text for text in texts.values()] == [True] * 3


def test_somebody_takes_a_request_back(member, member_client):
    asked = rolls.request(rolls.published([factories.person()]), person=member)

    member_client.post(f"{asked.get_absolute_url()}withdraw/")

    assert Request.objects.get().state == "withdrawn"


@pytest.mark.parametrize("size", [1, 3])
def test_requests_cost_the_same_however_many_there_are(size, django_assert_num_queries):
    roll = rolls.published([factories.person()])
    for _number in range(size):
        rolls.decided(rolls.request(roll, state="accepted"))
    officer = officer_of(roll)

    with django_assert_num_queries(10):
        answer = officer.get("/rolls/spring/requests/")

    assert len(answer.context["page"]) == size


def test_officers_amend_a_sealed_roll_on_pages(client):
    person = factories.person("late")
    roll = rolls.sealed([factories.person()])
    one, two = officer_of(roll), officer_of(roll)
    typed = {"kind": "add", "person": "late", "reason": "Left out by mistake."}

    one.post("/rolls/spring/amend/", typed)
    path = f"/rolls/spring/amend/{roll.proposals.get().pk}/"
    own = one.post(path, follow=True).text
    two.post(path)

    assert "Another officer has to confirm it." in own
    assert voter_of(roll, person)
    text = client.get("/rolls/spring/").text
    assert "Amendment 1: a voter was put on the roll" in text
    assert "Left out by mistake." in text
    assert "late" not in text.replace("translate", "").replace("lately", "").split("</main>")[0]


def test_maintainers_appoint_and_dismiss_officers(maintainer_client, member):
    roll = rolls.published([factories.person()])

    maintainer_client.post("/rolls/spring/officers/", {"person": "mira", "role": "observer"})
    appointed = list(roll.officers.values_list("person__handle", "role"))
    maintainer_client.post(f"/rolls/spring/officers/{roll.officers.get().pk}/")

    assert (appointed, roll.officers.count()) == ([("mira", "observer")], 0)


def test_a_computed_roll_says_how_many_meet_it(maintainer_client):
    roll = rolls.roll()
    compute_roll(roll=roll, at=NOON)

    text = maintainer_client.post("/rolls/spring/compute/", follow=True).text

    assert "1 person is on it." in text
    assert Voter.objects.count() == 1


def test_a_roll_is_said_in_chinese(client):
    rolls.sealed([factories.person()])

    text = client.get("/rolls/spring/", headers={"accept-language": "zh-hans"}).text

    assert "谁在名册上" in text
