"""Receipts in a browser: each voter finds their line, and a receipt given twice stops the count."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, repeat
from random import Random
from types import SimpleNamespace

import pytest

from governance.ballots import casting
from governance.ballots.folder.building import bytes_of_receipt, tracker_of
from governance.ballots.models import Election, Paper
from governance.ballots.tasks import close, count, publish
from tests.e2e.town import browser_of, faults
from tests.factories.ballots import NAMES, announced, people

pytestmark = pytest.mark.timeout(300)
VOTERS, BY_HAND = 100, 5
NOT_THERE = (
    "No published ballot has this receipt.\n\nReceipts of ballots that you changed later are not "
    "there: only the last one counts. If this is your last receipt, tell the officers."
)
STOPPED = (
    "The count has stopped.\n\n"
    "Two envelopes hold the same receipt: somebody gave it to two voters.\n\n"
    "Nothing was counted; the box and its key are kept as they are. It is tried again every hour."
)
CALLED_OFF = "This election was canceled."
CODE = re.compile(r'class="receipt-code"><code>(\w{26})</code>')


@dataclass(frozen=True)
class Cast:
    """What a voter put in, and the receipt that the site answered."""

    choice: Mapping[str, int]
    code: str

    def tracker(self, election: Election) -> str:
        return tracker_of(str(election.uid), bytes_of_receipt(self.code))

    @property
    def said(self) -> list[str]:
        """Its lines as the page shows them."""
        ranked = sorted(self.choice, key=self.choice.__getitem__)
        return [f"{rank} {name.title()}" for rank, name in enumerate(ranked, 1)]


@pytest.fixture
def voters():
    return people(VOTERS)


def open_election(town, voters, **more) -> Election:
    """A secret election that has been open for an hour."""
    opens = town.now + timedelta(hours=1)
    closes = opens + timedelta(days=7)
    election = announced(voters, opens_at=opens, closes_at=closes, **more)
    town.pass_by(hours=2)
    return election


def finish(town, election: Election, *steps) -> None:
    town.now = election.closes_at
    for step in steps:
        step(election_id=election.pk)


def wish(chance: Random) -> dict[str, int]:
    ranked = chance.sample(NAMES, chance.randint(1, len(NAMES)))
    return {name: rank for rank, name in enumerate(ranked, 1)}


def cast_in_browser(page, election: Election, choice: Mapping[str, int]) -> Cast:
    """From the page of the election to the confirmation, where the receipt stands."""
    page.goto(election.get_absolute_url())
    page.get_by_role("link", name=re.compile("^(Vote|Change my vote)$")).click()
    for name, rank in choice.items():
        page.get_by_label(name.title(), exact=True).select_option(str(rank))
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name="Cast").click()
    return Cast(choice, page.locator(".receipt-code code").inner_text())


def cast_by_post(browser, election: Election, choice: Mapping[str, int]) -> Cast:
    ranks = {f"o-{name}": rank for name, rank in choice.items()}
    answer = browser.post(f"{election.get_absolute_url()}vote/", {**ranks, "cast": "1"})
    return Cast(choice, CODE.search(answer.content.decode())[1])


def seek(page, election: Election, code: str) -> tuple[list[str], str]:
    """The ballot that the page finds by a receipt, line by line, and its tracker."""
    address = f"{election.get_absolute_url()}receipt/"
    if not page.url.endswith(address):  # what was found last stands above the same form
        page.goto(address)
    page.get_by_label("Your receipt").fill(code)
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.get_by_role("button", name="Find my ballot").click()
    lines = page.locator("table.said tbody tr").all_inner_texts()
    hashes = page.locator("main code.hash").all_inner_texts()
    return [" ".join(one.split()) for one in lines], "".join(hashes)


def published_lines(browser, election: Election) -> dict[str, dict[str, int]]:
    """What the published folder says, by tracker."""
    answer = browser.get(f"{election.get_absolute_url()}files/ballots.jsonl")
    lines = map(json.loads, answer.content.decode().splitlines())
    return {one["tracker"]: one["choice"] for one in lines}


def test_a_hundred_voters_find_their_lines_and_no_replaced_one(new_page, page, town, voters):
    election, chance = open_election(town, voters), Random(7)
    hands, others = voters[:BY_HAND], voters[BY_HAND:]
    pages = [new_page(browser_of(one)) for one in hands]
    browsers = [browser_of(one) for one in others]
    last = [cast_in_browser(one, election, wish(chance)) for one in pages]
    last += [cast_by_post(one, election, wish(chance)) for one in browsers]
    # Two of those by hand, and every tenth of the others, vote again.
    again = [0, 1, *range(BY_HAND, VOTERS, 10)]
    first = [last[at] for at in again]
    for at in again:
        if at < BY_HAND:
            last[at] = cast_in_browser(pages[at], election, wish(chance))
        else:
            last[at] = cast_by_post(browsers[at - BY_HAND], election, wish(chance))

    finish(town, election, close, count, publish)
    lines = published_lines(browsers[0], election)
    # Those who voted by hand look for themselves, the others as anybody may.
    seekers = chain(pages, repeat(page))
    found = [seek(one, election, cast.code) for one, cast in zip(seekers, last, strict=False)]

    assert found == [(one.said, one.tracker(election)) for one in last]
    assert lines == {one.tracker(election): dict(one.choice) for one in last}
    assert len(lines) == VOTERS
    for replaced in first:
        assert seek(page, election, replaced.code) == ([], "")
        assert page.locator("main .callout").all_inner_texts() == [NOT_THERE]
    assert faults(page) == []


def test_a_receipt_given_to_two_voters_stops_the_count_and_everybody_reads_why(
    new_page, town, monkeypatch
):
    *voters, officer = people(7)
    election = open_election(town, voters, officers=[officer])
    for one in voters[2:]:
        cast_by_post(browser_of(one), election, {"grace": 1})
    same = SimpleNamespace(token_bytes=lambda size: b"r" * size)
    monkeypatch.setattr(casting, "secrets", same)
    pages = [new_page(browser_of(one)) for one in voters[:2]]
    cast = [cast_in_browser(one, election, {"ada": 1}) for one in pages]

    finish(town, election, close, count, count)
    watch = new_page(browser_of(officer))
    for one in (watch, pages[0]):
        one.goto(election.get_absolute_url())

    assert cast[0].code == cast[1].code
    for one in (watch, pages[0]):
        assert one.locator("main .callout.bad").all_inner_texts() == [STOPPED]
    assert pages[0].get_by_role("link", name="Call it off").count() == 0
    assert (Election.objects.get().state, Paper.objects.count()) == ("closed", 0)
    assert faults(watch) == []
    watch.get_by_role("link", name="Call it off").click()
    watch.get_by_label("Reason").fill("Two of us were given one receipt; we vote again.")
    watch.get_by_role("button", name="Call it off").click()
    assert watch.locator("main .callout.bad .callout-title").inner_text() == CALLED_OFF
    assert Election.objects.get().state == "canceled"
