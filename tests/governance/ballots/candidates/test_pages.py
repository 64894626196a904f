"""The pages of candidates: what they say, to whom, and at what cost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.ballots.actions import freeze_election
from governance.ballots.models import Candidacy, Endorsement
from governance.ballots.nominating import decline_nomination, endorse, nominate, withdraw
from governance.rolls.models import Roll
from tests.factories.ballots import ANNOUNCED, CLOSES, people, turn_rolls
from tests.governance.ballots.candidates.conftest import (
    UNTIL,
    browser_of,
    employ,
    page_of,
    scene,
    stand,
)

pytestmark = pytest.mark.django_db
HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> "
    "[me](javascript:alert(1)) ![x](https://elsewhere.example/x.png)"
)


def visible(text: str) -> str:
    """A page's main part."""
    return text.split("<main")[1].split("</main>", maxsplit=1)[0]


def test_the_list_shows_who_stands_with_employer_beginning_and_meter(client):
    place = scene(endorsers=2, endorsing_employers=1)
    employ(place.voters[0], "acme")
    made = stand(place.election, place.voters[0], "I **care** about tests.")
    endorse(candidacy=made, by=place.voters[1], at=ANNOUNCED)

    text = visible(client.get(page_of(place.election)).text)

    for sentence in (
        "1 candidate<",
        "Acme",
        "I care about tests.",
        "1 of 2 voters, 0 of 1 employer",
        "Still lacking: 1 voter, 1 employer.",
        "Needs endorsements",
        "endorsements by 2 voters, from 1 different employers at least",
    ):
        assert sentence in text


def test_candidates_come_in_a_new_order_each_time(client):
    place = scene(voters=8)
    for one in place.voters:
        stand(place.election, one)

    orders = {
        tuple(card.candidacy.pk for card in client.get(page_of(place.election)).context["standing"])
        for _turn in range(6)
    }

    assert len(orders) > 1
    assert {tuple(sorted(one)) for one in orders} == {
        tuple(Candidacy.objects.order_by("pk").values_list("pk", flat=True))
    }


def test_the_end_of_nominations_is_told_in_the_readers_zone_and_in_utc(client):
    place = scene()
    reader = place.voters[0]
    reader.time_zone = "Asia/Shanghai"
    reader.save()

    own = visible(browser_of(reader).get(page_of(place.election)).text)
    other = visible(client.get(page_of(place.election)).text)

    assert "Nov. 1, 2026, 8 p.m. CST · Nov. 1, 2026, noon UTC" in own
    assert "(Nov. 1, 2026, noon UTC)" in other


def test_after_the_end_the_page_says_so_and_offers_nothing(clock):
    place = scene()
    clock.set(UNTIL)

    text = visible(browser_of(place.voters[0]).get(page_of(place.election)).text)

    assert "The time for nominations is over." in text
    assert "Stand yourself" not in text


@pytest.mark.parametrize(
    ("who", "sentences"),
    [
        ("voter", []),
        ("officer", ["You answer for this election, so you cannot stand in it."]),
        (
            "outsider",
            [
                "You are not on the electoral roll.",
                "Those on the electoral roll and the officers of the election nominate others.",
            ],
        ),
    ],
)
def test_a_refusal_stands_beside_its_disabled_button(who, sentences):
    place = scene()
    reader = {
        "voter": place.voters[0],
        "officer": place.officer,
        "outsider": people(1, "outsider")[0],
    }[who]

    text = visible(browser_of(reader).get(page_of(place.election)).text)

    assert text.count(" disabled>") == len(sentences)
    assert [one for one in sentences if one not in text] == []


def test_a_draft_with_a_published_roll_is_open_to_all_and_one_without_is_not(client, maintainer):
    place = scene()
    turn_rolls(Roll.State.PUBLISHED)
    published = client.get(page_of(place.election)).status_code
    turn_rolls(Roll.State.DRAFT)

    found = [
        browser.get(page_of(place.election)).status_code
        for browser in (client, browser_of(place.voters[0]), browser_of(place.officer))
    ]

    assert (published, found) == (200, [404, 404, 200])


def test_a_motion_has_no_candidates(client):
    place = scene(is_of_people=False)

    assert client.get(page_of(place.election)).status_code == 404


def test_a_draft_itself_is_linked_for_those_alone_who_may_see_it(client):
    place = scene()
    for one in place.voters[:2]:
        stand(place.election, one)
    browsers = (client, browser_of(place.voters[0]), browser_of(place.officer))

    def linked():
        answers = [browser.get(page_of(place.election)) for browser in browsers]
        return [answer.context["sees_election"] for answer in answers]

    before = linked()
    freeze_election(election=place.election, by=place.officer, at=ANNOUNCED)

    assert (before, linked()) == ([False, False, True], [True, True, True])


def test_who_declined_is_told_to_few(client, maintainer):
    place = scene()
    made = nominate(
        election=place.election, person=place.voters[0], by=place.voters[1], at=ANNOUNCED
    )
    decline_nomination(candidacy=made, by=place.voters[0], at=ANNOUNCED)
    readers = [place.voters[0], place.voters[1], place.officer, maintainer, place.voters[2]]
    browsers = [*map(browser_of, readers), client]

    found = [
        browser.get(page_of(place.election, place.voters[0])).status_code for browser in browsers
    ]
    listed = [len(browser.get(page_of(place.election)).context["others"]) for browser in browsers]

    assert found == [200, 200, 200, 200, 404, 404]
    assert listed == [1, 1, 1, 1, 0, 0]


def test_a_statement_can_do_no_harm(client):
    place = scene()
    stand(place.election, place.voters[0], HOSTILE)

    listed = visible(client.get(page_of(place.election)).text)
    whole = visible(client.get(page_of(place.election, place.voters[0])).text)
    browser = browser_of(place.voters[0])
    form = visible(
        browser.post(
            page_of(place.election, place.voters[0], "statement/"),
            {"text": HOSTILE, "preview": "1"},
        ).text
    )

    for text in (listed, whole, form):
        assert "<script" not in text
        assert "<img src=x" not in text
        assert 'href="javascript' not in text
        assert 'src="https://elsewhere' not in text
    assert "&lt;script&gt;" in whole


def test_a_candidate_is_shown_in_full_with_endorsers_and_history(client):
    place = scene(endorsers=1)
    employ(place.voters[1], "birch")
    nominate(election=place.election, person=place.voters[0], by=place.voters[1], at=ANNOUNCED)
    made = stand(place.election, place.voters[0], "# Why\n\nBecause.")
    endorse(candidacy=made, by=place.voters[1], at=ANNOUNCED)

    answer = client.get(page_of(place.election, place.voters[0]))

    text = visible(answer.text)
    assert "<p>Because.</p>" in text
    assert "Birch" in text
    assert f"By {place.voters[1]}" in text
    assert [str(step["label"]) for step in answer.context["history"]] == [
        "Nominated",
        "Accepted the nomination",
        "Wrote the statement",
    ]


def test_the_employer_of_an_endorser_is_shown_only_to_whom_they_show_it(client):
    place = scene()
    shy = place.voters[1]
    employ(shy, "birch")
    shy.visibility = {"affiliations": "members"}
    shy.save()
    endorse(candidacy=stand(place.election, place.voters[0]), by=shy, at=ANNOUNCED)
    address = page_of(place.election, place.voters[0])

    found = ["Birch" in browser.get(address).text for browser in (client, browser_of(shy))]

    assert found == [False, True]


def test_an_earlier_handle_leads_to_the_candidate(client):
    from community.people.actions import change_profile

    place = scene()
    candidate = place.voters[0]
    stand(place.election, candidate)
    old = page_of(place.election, candidate)
    change_profile(person=candidate, at=timezone.now(), handle="renamed")

    answer = client.get(old)

    assert (answer.status_code, answer["Location"]) == (
        301,
        f"/elections/{place.election.slug}/candidates/renamed/",
    )


def test_standing_leads_to_the_statement_which_is_previewed_and_saved():
    place = scene()
    voter = place.voters[0]
    browser = browser_of(voter)
    answer = browser.post(f"/elections/{place.election.slug}/nominate/", {"handle": voter.handle})
    address = page_of(place.election, voter, "statement/")
    preview = browser.post(address, {"text": "I *mean* it", "preview": "1"})
    before = Candidacy.objects.get().statement

    saved = browser.post(address, {"text": "I *mean* it"})

    assert (answer["Location"], before) == (address, "")
    assert "<em>mean</em>" in preview.text
    assert "I *mean* it</textarea>" in preview.text
    assert saved["Location"] == page_of(place.election, voter)
    assert Candidacy.objects.get().statement == "I *mean* it"


def test_the_search_finds_people_with_the_reason_beside_each():
    from community.people.search import index_people

    place = scene()
    (outsider,) = people(1, "votering")
    stand(place.election, place.voters[1])
    index_people([one.pk for one in [*place.voters, outsider]])
    browser = browser_of(place.voters[0])

    answer = browser.get(f"/elections/{place.election.slug}/nominate/?q=voter")

    codes = {one.handle: refusal and refusal.code for one, refusal, _ in answer.context["found"]}
    assert codes == {
        outsider.handle: "nominee_not_on_roll",
        place.voters[1].handle: "nominated_already",
        **{one.handle: None for one in (place.voters[0], *place.voters[2:])},
    }


def test_who_may_not_nominate_finds_nobody():
    place = scene()
    (outsider,) = people(1, "outsider")

    answer = browser_of(outsider).get(f"/elections/{place.election.slug}/nominate/?q=voter")

    assert answer.context["found"] == []


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("nobody-at-all", "Nobody here has this handle."),
        ("", "This field is required."),
        ("a\0b", "Null characters are not allowed."),
        ("@{officer}", "answers for this election and cannot stand in it."),
    ],
)
def test_a_nomination_that_fails_says_why(said, sentence):
    place = scene()
    address = f"/elections/{place.election.slug}/nominate/"

    answer = browser_of(place.voters[0]).post(
        address, {"handle": said.format(officer=place.officer.handle)}
    )

    assert (answer.status_code, Candidacy.objects.count()) == (200, 0)
    assert sentence in answer.text


def test_the_nominee_accepts_on_the_page():
    place = scene()
    nominate(election=place.election, person=place.voters[0], by=place.voters[1], at=ANNOUNCED)
    browser = browser_of(place.voters[0])
    text = visible(browser.get(page_of(place.election, place.voters[0])).text)

    answer = browser.post(page_of(place.election, place.voters[0], "accept/"))

    assert f"{place.voters[1]} nominated you." in text
    assert answer["Location"] == page_of(place.election, place.voters[0], "statement/")
    assert Candidacy.objects.get().state == Candidacy.State.ACCEPTED


def test_a_voter_endorses_and_takes_it_back_on_the_page():
    place = scene()
    stand(place.election, place.voters[0])
    browser, address = browser_of(place.voters[1]), page_of(place.election, place.voters[0])
    counts = []

    for verb in ("endorse/", "take-back/"):
        browser.post(address + verb)
        counts.append(Endorsement.objects.count())

    assert counts == [1, 0]
    assert browser.post(address + "explode/").status_code == 404


def test_a_refused_deed_is_said_and_changes_nothing():
    place = scene()
    stand(place.election, place.voters[0])

    answer = browser_of(place.voters[0]).post(
        page_of(place.election, place.voters[0], "endorse/"), follow=True
    )

    assert "You cannot endorse yourself." in answer.text
    assert Endorsement.objects.count() == 0


def test_a_late_withdrawal_is_marked_everywhere(client, clock):
    place = scene()
    for one in place.voters[:2]:
        stand(place.election, one, "Frozen words")
    freeze_election(election=place.election, by=place.officer, at=ANNOUNCED)
    browser = browser_of(place.voters[0])
    asked = browser.get(page_of(place.election, place.voters[0], "withdraw/"))

    browser.post(page_of(place.election, place.voters[0], "withdraw/"))

    listed = client.get(page_of(place.election))
    whole = visible(client.get(page_of(place.election, place.voters[0])).text)
    assert "The ballot is announced and stays as it is" in asked.text
    assert [one.status.code for one in listed.context["others"]] == ["withdrawn_late"]
    assert len(listed.context["standing"]) == 1
    assert "Withdrew after the announcement" in whole
    assert "Frozen words" in whole


def test_who_cannot_withdraw_is_told_why(clock):
    place = scene()
    rows = [stand(place.election, one) for one in place.voters[:2]]
    freeze_election(election=place.election, by=place.officer, at=ANNOUNCED)
    withdraw(candidacy=rows[1], by=place.voters[1], at=ANNOUNCED)
    clock.set(CLOSES + timedelta(seconds=1))

    answer = browser_of(place.voters[0]).post(page_of(place.election, place.voters[0], "withdraw/"))

    assert "Voting is closed." in answer.text
    assert Candidacy.objects.get(person=place.voters[0]).state == "accepted"


def test_the_pages_are_read_in_chinese(client):
    place = scene(endorsers=3, endorsing_employers=2)
    stand(place.election, place.voters[0])

    text = visible(client.get(page_of(place.election), headers={"accept-language": "zh-hans"}).text)

    assert "3 位选民中已有 0 位" in text
    assert "候选人" in text


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_costs_as_many_queries_for_many(size, client, django_assert_num_queries):
    place = scene(endorsers=1)
    for one in place.voters[:size]:
        employ(one, "acme")
        endorse(candidacy=stand(place.election, one), by=place.voters[4], at=ANNOUNCED)

    with django_assert_num_queries(5):
        assert len(client.get(page_of(place.election)).context["standing"]) == size


@pytest.mark.parametrize("size", [1, 3])
def test_a_candidate_costs_as_many_queries_for_many_endorsers(
    size, client, django_assert_num_queries
):
    place = scene(endorsers=1)
    made = stand(place.election, place.voters[0])
    for one in place.voters[1 : 1 + size]:
        employ(one, f"org-{one.pk}")
        endorse(candidacy=made, by=one, at=ANNOUNCED)

    with django_assert_num_queries(7):
        answer = client.get(page_of(place.election, place.voters[0]))

    assert len(answer.context["endorsers"]) == size


@pytest.mark.parametrize("size", [1, 3])
def test_a_search_costs_as_many_queries_for_many(size, django_assert_num_queries):
    from community.people.search import index_people

    place = scene()
    browser = browser_of(place.voters[4])
    index_people([one.pk for one in place.voters[:size]])
    for one in place.voters[size:]:
        one.search_text = "-"
        one.save()
    browser.get("/criteria/")

    with django_assert_num_queries(12):
        answer = browser.get(f"/elections/{place.election.slug}/nominate/?q=voter")

    assert len(answer.context["found"]) == size
