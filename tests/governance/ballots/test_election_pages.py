"""The pages of elections, as voters, officers and passers-by see them."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from governance.ballots.actions import close_election, count_election, publish_election
from governance.ballots.casting import cast_ballot
from governance.ballots.models import Election, Envelope, Paper
from governance.ballots.tally.profile import usual
from tests.factories.ballots import (
    ANNOUNCED,
    CLOSES,
    OPENS,
    announced,
    drafted,
    people,
    rules_of,
    sealed_roll,
)

pytestmark = pytest.mark.django_db
DURING = OPENS + timedelta(hours=1)
PAPER = {"order": "ada grace linus margaret", "o-ada": "2", "o-grace": "1"}

MASCOT = {
    "title": "Mascot",
    "slug": "mascot",
    "mode": "secret",
    "time_zone": "Europe/Berlin",
    "opens_at": "2026-11-10T10:00",
    "closes_at": "2026-11-17T10:00",
    "challenge_hours": "24",
    "endorsers": "0",
    "endorsing_employers": "0",
    "method": "schulze",
    "seats": "1",
    "unranked": "last",
    "publication": "full",
}


def browser_of(person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def open_election(clock, voters, **more) -> Election:
    election = announced(voters, **more)
    clock.set(DURING)
    return election


def published(clock, voters, choices, **more) -> Election:
    election = open_election(clock, voters, **more)
    for voter, choice in zip(voters, choices, strict=True):
        cast_ballot(election=election, person=voter, choice=choice, at=DURING)
    clock.set(CLOSES)
    close_election(election=election, at=CLOSES)
    count_election(election=election, at=CLOSES)
    return publish_election(election=election, at=CLOSES)


def test_a_ballot_goes_from_paper_to_review_to_receipt(clock):
    (voter,) = people(1)
    election = open_election(clock, [voter])
    address, browser = f"/elections/{election.slug}/vote/", browser_of(voter)

    paper = browser.get(address)
    review = browser.post(address, {**PAPER, "review": "1"})
    receipt = browser.post(address, {**PAPER, "cast": "1"})

    code = re.search(r"<code>([0-9A-Z]{26})</code>", receipt.content.decode())
    assert (paper.status_code, review.status_code, receipt.status_code) == (200, 200, 200)
    assert Envelope.objects.count() == 1
    assert code is not None
    assert "no-store" in receipt.headers["Cache-Control"]
    assert code[1] not in str(dict(browser.session))


def test_a_review_casts_nothing(clock):
    (voter,) = people(1)
    election = open_election(clock, [voter])

    browser_of(voter).post(f"/elections/{election.slug}/vote/", {**PAPER, "review": "1"})

    assert Envelope.objects.count() == 0


@pytest.mark.parametrize(
    ("ranks", "button", "after"),
    [
        ({}, "up:ada", {"ada": "1"}),
        ({"ada": "1"}, "up:grace", {"ada": "1", "grace": "2"}),
        ({"ada": "1", "grace": "2"}, "up:grace", {"grace": "1", "ada": "2"}),
        ({"ada": "1", "grace": "2"}, "down:ada", {"grace": "1", "ada": "2"}),
        ({"ada": "1", "grace": "2"}, "down:grace", {"ada": "1"}),
        ({"ada": "2", "grace": "4"}, "up:linus", {"ada": "1", "grace": "2", "linus": "3"}),
        ({"ada": "1"}, "up:nobody", {"ada": "1"}),
    ],
)
def test_buttons_rank_without_a_script(ranks, button, after, clock):
    (voter,) = people(1)
    election = open_election(clock, [voter])
    data = {"order": PAPER["order"], "move": button, **{f"o-{k}": v for k, v in ranks.items()}}

    page = browser_of(voter).post(f"/elections/{election.slug}/vote/", data).content.decode()

    found = re.findall(r'<select name="o-(\w+)".*?</select>', page, re.DOTALL)
    chosen = {key: value for key in found if (value := selected(page, key))}
    assert chosen == after


def selected(page: str, key: str) -> str:
    select = re.search(rf'<select name="o-{key}".*?</select>', page, re.DOTALL)
    option = re.search(r'<option value="(\d*)" selected', select[0]) if select else None
    return option[1] if option else ""


def test_the_order_in_which_a_voter_sees_the_options_stays(clock):
    (voter,) = people(1)
    election = open_election(clock, [voter])
    order = "linus ada margaret grace"

    page = browser_of(voter).post(
        f"/elections/{election.slug}/vote/", {"order": order, "move": "up:ada"}
    )

    assert re.findall(r'<select name="o-(\w+)"', page.content.decode()) == order.split()


def test_the_order_of_options_is_not_always_the_same(clock):
    (voter,) = people(1)
    election, browser = open_election(clock, [voter]), browser_of(voter)

    orders = {
        tuple(re.findall(r'<select name="o-(\w+)"', page.content.decode()))
        for page in (browser.get(f"/elections/{election.slug}/vote/") for _ in range(12))
    }

    assert len(orders) > 1


def test_a_wrong_paper_keeps_what_was_typed(clock):
    (voter,) = people(1)
    election = open_election(clock, [voter])

    answer = browser_of(voter).post(
        f"/elections/{election.slug}/vote/", {**PAPER, "o-linus": "99", "review": "1"}
    )

    page = answer.content.decode()
    assert (answer.status_code, selected(page, "ada"), selected(page, "grace")) == (422, "2", "1")


@pytest.mark.parametrize(
    ("moment", "words"), [(ANNOUNCED, "not opened yet"), (CLOSES, "Voting is closed")]
)
def test_out_of_time_the_page_says_why_and_casts_nothing(moment, words, clock):
    (voter,) = people(1)
    election = open_election(clock, [voter])
    clock.set(moment)

    answer = browser_of(voter).post(f"/elections/{election.slug}/vote/", {**PAPER, "cast": "1"})

    assert (answer.status_code, Envelope.objects.count()) == (409, 0)
    assert words in unescape(answer.content.decode())


def test_who_is_not_on_the_roll_is_told_where_to_ask(clock, member_client):
    election = open_election(clock, people(1))

    answer = member_client.get(f"/elections/{election.slug}/vote/")

    assert answer.status_code == 409
    assert f"/rolls/{election.roll.slug}/me/" in answer.content.decode()


def test_guests_are_sent_to_sign_in(clock, client):
    election = open_election(clock, people(1))

    answer = client.get(f"/elections/{election.slug}/vote/")

    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (
        302,
        "/accounts/login/",
    )


def test_a_receipt_finds_its_ballot_after_publication(clock):
    voters = people(6)
    election = open_election(clock, voters)
    receipts = [
        cast_ballot(election=election, person=one, choice={"ada": at % 4 + 1}, at=DURING)
        for at, one in enumerate(voters)
    ]
    address, browser = f"/elections/{election.slug}/receipt/", Client()
    early = browser.post(address, {"code": receipts[0].code})
    clock.set(CLOSES)
    close_election(election=election, at=CLOSES)
    count_election(election=election, at=CLOSES)
    publish_election(election=election, at=CLOSES)

    code = receipts[0].code.lower()
    found = browser.post(address, {"code": f"{code[:13]} {code[13:]}"}).content.decode()
    other = browser.post(address, {"code": "0" * 26}).content.decode()
    wrong = browser.post(address, {"code": "hello"}).content.decode()

    assert "not published yet" in early.content.decode()
    assert Paper.objects.count() == 6
    assert "Here it is" in found
    assert receipts[0].code not in found.upper().replace("-", "")
    assert "No published ballot has this receipt" in other
    assert "This is no receipt" in wrong


def test_a_draft_is_seen_by_those_who_answer_for_it_alone(clock, client, member_client):
    (officer,) = people(1, "officer")
    election = drafted(sealed_roll(people(1), [officer]))

    codes = [
        one.get(f"/elections/{election.slug}/").status_code
        for one in (client, member_client, browser_of(officer))
    ]

    assert codes == [404, 404, 200]


def test_an_officer_announces_and_cancels(clock):
    (officer,) = people(1, "officer")
    election = drafted(sealed_roll(people(1), [officer]))
    browser = browser_of(officer)

    browser.post(f"/elections/{election.slug}/announce/")
    announced_state = Election.objects.get().state
    browser.post(f"/elections/{election.slug}/cancel/", {"reason": "A mistake"})

    canceled = Election.objects.get()
    assert announced_state == "frozen"
    assert (canceled.state, canceled.cancel_reason) == ("canceled", "A mistake")


@pytest.mark.parametrize("verb", ["announce", "cancel", "lot", "tie", "publish", "edit"])
def test_others_do_none_of_it(verb, clock, member_client):
    election = open_election(clock, people(1))

    answer = member_client.post(f"/elections/{election.slug}/{verb}/", {"reason": "x"})

    assert answer.status_code == 403


def test_a_maintainer_writes_an_election_down(clock, maintainer_client, maintainer):
    roll = sealed_roll(people(1), [maintainer])
    more = {"options_text": "Fox\nOwl\n\nNewt", "method": "star", "gives_receipts": "on"}
    data = {**MASCOT, "roll": roll.pk, **more}

    answer = maintainer_client.post("/elections/new/", data)

    made = Election.objects.get()
    assert answer.status_code == 302
    assert made.opens_at.isoformat() == "2026-11-10T09:00:00+00:00"
    assert [one.key for one in made.options.all()] == ["fox", "newt", "owl"]
    assert made.rules["profile"]["method"] == "star"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("opens_at", "2026-03-29T02:30", "Clocks jump over this time"),
        ("opens_at", "2026-10-25T02:30", "Clocks show this time twice"),
        ("opens_at", "soon", "Write a date and a time"),
        ("closes_at", "2026-11-01T10:00", "open before it closes"),
        ("options_text", "Fox\nfox", "called alike"),
        ("cap", "a third", "Write a number"),
    ],
)
def test_a_wrong_draft_is_told_in_words(field, value, words, clock, maintainer_client, maintainer):
    roll = sealed_roll(people(1), [maintainer])
    data = {**MASCOT, "roll": roll.pk, field: value}

    answer = maintainer_client.post("/elections/new/", data)

    assert Election.objects.count() == 0
    assert words in answer.content.decode()


def test_open_votes_are_named_after_the_close_alone(clock, client):
    voters = people(3)
    more = {"rules": {"apache": {"least": 3}}, "mode": "open", "names": ()}
    election = open_election(clock, voters, **more)
    for voter in voters:
        cast_ballot(election=election, person=voter, choice={"plus": 1}, reason="Sound", at=DURING)
    before = client.get(f"/elections/{election.slug}/").content.decode()
    clock.set(CLOSES)
    close_election(election=election, at=CLOSES)
    count_election(election=election, at=CLOSES)
    publish_election(election=election, at=CLOSES)

    after = client.get(f"/elections/{election.slug}/").content.decode()

    assert ("Sound" in before, voters[0].handle in before) == (False, False)
    assert ("Sound" in after, voters[0].handle in after) == (True, True)


@pytest.mark.parametrize("method", ["schulze", "stv-scottish", "irv", "plurality", "approval"])
def test_a_published_result_is_explained(method, clock, client):
    voters = people(6)
    one = {"approval": 1, "plurality": 1}.get(method, 2)
    choices = [{"ada": 1}] * 3 + [{"grace": one}] * 2 + [{"linus": 1}]
    election = published(clock, voters, choices, rules=rules_of(usual(method)))

    page = client.get(f"/elections/{election.slug}/")

    assert page.status_code == 200
    assert "Ada" in page.content.decode().split("Outcome")[1]


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_costs_the_same_however_long(size, clock, django_assert_num_queries):
    voters = people(2)
    for _ in range(size):
        open_election(clock, voters)
        clock.set(ANNOUNCED)
    browser = browser_of(voters[0])
    browser.get("/elections/")

    with django_assert_num_queries(11):
        page = browser.get("/elections/")

    assert len(page.context["rows"]) == size


def test_the_api_casts_for_a_session_and_tells_how_one_stands(clock):
    (voter,) = people(1)
    election = open_election(clock, [voter])
    browser = browser_of(voter)

    cast = browser.post(
        f"/api/v1/elections/{election.slug}/ballot/",
        {"choice": {"ada": 1}},
        content_type="application/json",
    )
    standing = browser.get(f"/api/v1/elections/{election.slug}/standing/").json()

    assert (cast.status_code, len(cast.json()["receipt"])) == (201, 26)
    assert standing == {
        "is_on_roll": True,
        "may_vote": True,
        "version": 1,
        "envelope": Envelope.objects.get().sha256,
    }


def test_the_api_lists_elections_and_hides_unpublished_results(clock, client):
    voters = people(2)
    election = open_election(clock, voters)

    row = client.get("/api/v1/elections/").json()["results"][0]
    whole = client.get(f"/api/v1/elections/{election.slug}/").json()

    assert (row["slug"], row["cast"], row["electorate"]) == (election.slug, 0, 2)
    assert whole["result"] is None
