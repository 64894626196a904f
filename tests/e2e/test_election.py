"""A whole election in a browser: from the rule to the folder that anybody checks."""

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from community.people.models import Affiliation, Person
from community.people.search import search_text
from governance.ballots.casting import cast_ballot
from governance.ballots.models import Election, Paper
from governance.ballots.tasks import close, count, publish
from governance.rolls.models import Decision, Request, Roll
from governance.rolls.querysets import voter_of
from tests import factories
from tests.e2e.town import browser_of, faults

pytestmark = pytest.mark.timeout(300)
PUT_ON, TAKE_OFF = "To be put on the roll", "To take somebody off the roll"
SAME_EMPLOYER = "You work for the employer of the person concerned: leave it to other officers."


def wall(moment) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"


def write_rule(page) -> None:
    page.goto("/criteria/new/")
    page.get_by_label("Title").fill("Everybody")
    page.get_by_label("Short name in addresses").fill("everybody")
    page.get_by_role("button", name="Write the rule").click()
    page.wait_for_url("**/criteria/everybody/")


def draft_roll(page, officers) -> None:
    page.goto("/rolls/new/")
    page.get_by_label("Title").fill("Town roll")
    page.get_by_label("Short name in addresses").fill("town")
    page.get_by_label("Criteria").select_option(label="Everybody")
    page.get_by_label("Reference day").fill(f"{timezone.now():%Y-%m-%d}")
    page.get_by_label("Completeness it takes").fill("0")
    page.get_by_label("Election officers").fill(", ".join(one.handle for one in officers))
    page.locator("main form.form button[type=submit]").first.click()
    page.wait_for_url("**/rolls/town/")


def publish_roll(page) -> None:
    page.goto("/rolls/town/")
    page.get_by_role("button", name="Compute").click()
    page.get_by_role("link", name="Publish").click()
    page.locator("main form.form button[type=submit]").first.click()
    page.wait_for_url("**/rolls/town/")


def seal_roll(page) -> None:
    page.goto("/rolls/town/seal/")
    page.locator("main form.form button[type=submit]").first.click()
    page.wait_for_url("**/rolls/town/")


def ask_to_be_put_on(page) -> list[str]:
    """Whoever reads that they are not on the roll asks from there."""
    page.goto("/rolls/town/me/")
    found = faults(page)
    page.get_by_role("link", name="Ask to be put on it").click()
    page.get_by_label("Why", exact=True).fill("I came on the day after.")
    found += faults(page)
    page.get_by_role("button", name="Send the request").click()
    page.get_by_text("The officers have your request.").wait_for()
    return found + faults(page)


def challenge(page, handle: str) -> None:
    page.goto("/rolls/town/")
    page.get_by_role("link", name="Challenge a row").click()
    page.get_by_label("Whom it is about").fill(handle)
    page.get_by_label("Why", exact=True).fill("Moved away.")
    page.get_by_role("button", name="Send the request").click()
    page.get_by_text("The officers have your request.").wait_for()


def open_request(page, kind: str) -> None:
    page.goto("/rolls/town/")
    page.get_by_role("link", name="Requests to decide").click()
    page.get_by_role("link", name=kind).click()
    page.wait_for_url(re.compile(r"/requests/\d+/$"))


def decide(page, kind: str, verdict: str, reason: str) -> list[str]:
    open_request(page, kind)
    found = faults(page)
    page.get_by_label(verdict, exact=True).check()
    page.get_by_label("Reason", exact=True).fill(reason)
    page.get_by_role("button", name="Decide").click()
    page.get_by_text("Your decision is noted.").wait_for()
    return found + faults(page)


def settle_requests(officers: Sequence[Page], asker: Page, voter: Page) -> list[str]:
    """One is put on the roll, one stays on it; each by two officers and for a reason."""
    found = ask_to_be_put_on(asker)
    challenge(voter, "voter-7")
    for officer in officers:
        found += decide(officer, PUT_ON, "Accept", "It can be seen.")
        found += decide(officer, TAKE_OFF, "Decline", "Still works here.")
    return found


def stand(page) -> None:
    page.goto("/elections/council/nominate/")
    page.get_by_role("button", name="Stand yourself").click()
    page.wait_for_url("**/statement/")


def nominate(page, handle: str) -> None:
    page.goto("/elections/council/nominate/")
    page.get_by_label("Name or handle").fill(handle)
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name=f"Nominate {handle}").click()
    page.wait_for_url(f"**/candidates/{handle}/")


def accept(page, handle: str) -> None:
    page.goto(f"/elections/council/candidates/{handle}/")
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url("**/statement/")


def draft_election(page, opens) -> list[str]:
    page.goto("/elections/new/")
    page.get_by_label("Title").fill("Town council")
    page.get_by_label("Short name in addresses").fill("council")
    page.get_by_label("Roll", exact=True).select_option(label="Town roll")
    page.get_by_label("Voting opens").fill(wall(opens))
    page.get_by_label("Voting closes").fill(wall(opens + timedelta(days=5)))
    page.get_by_label("Hours between the close and the count").fill("1")
    found = faults(page)
    page.get_by_role("button", name="Keep the draft").click()
    page.wait_for_url("**/elections/council/")
    return found


def announce(page) -> list[str]:
    page.goto("/elections/council/")
    found = faults(page)
    page.get_by_role("link", name="Announce").click()
    page.get_by_role("button", name="Announce and freeze").click()
    page.wait_for_url("**/elections/council/")
    return found


def named(stem: str, names: Iterable[object]) -> list[Person]:
    """People with an account whom others find."""
    handles = [f"{stem}-{one}" for one in names]
    now = timezone.now()
    return [
        factories.person(one, claimed_at=now, search_text=search_text(one, "")) for one in handles
    ]


def test_a_community_elects_and_anybody_counts_again(new_page, maintainer, town, tmp_path):
    officers, voters = named("officer", "ab"), named("voter", range(8))
    keeper = new_page(browser_of(maintainer))
    officer, other = (new_page(browser_of(one)) for one in officers)
    voter, *candidates = (new_page(browser_of(one)) for one in voters[:4])

    write_rule(keeper)
    draft_roll(keeper, officers)
    publish_roll(officer)
    voter.goto("/rolls/town/me/")
    found = faults(voter)
    (late,) = named("late", "r")
    voters.append(late)
    found += settle_requests([officer, other], new_page(browser_of(late)), voter)
    town.pass_by(days=15)
    seal_roll(officer)

    found += draft_election(keeper, town.now + timedelta(days=2))
    for one in candidates[:2]:
        stand(one)
    nominate(candidates[0], "voter-3")
    accept(candidates[2], "voter-3")
    found += announce(officer)

    town.pass_by(days=3)
    voter.goto("/elections/council/")
    found += faults(voter)
    voter.get_by_role("link", name="Vote", exact=True).click()
    found += faults(voter)
    voter.get_by_role("button", name="Move voter-2 up").click()
    voter.get_by_role("button", name="Move voter-1 up").click()
    voter.get_by_label("voter-3", exact=True).select_option("3")
    voter.get_by_role("button", name="Review").click()
    found += faults(voter)
    said = voter.locator("table.said tbody tr").all_inner_texts()
    voter.get_by_role("button", name="Cast").click()
    found += faults(voter)
    code = voter.locator(".receipt-code code").inner_text()
    voter.goto("/elections/council/")
    told = voter.locator("main .callout-title").first.inner_text()
    election = Election.objects.get()
    for at, one in enumerate(voters[1:]):
        choice = {"voter-2": 1, "voter-1": 2} if at % 2 else {"voter-3": 1}
        cast_ballot(election=election, person=one, choice=choice, at=town.now)

    town.pass_by(days=5)
    close(election_id=election.pk)
    count(election_id=election.pk)
    publish(election_id=election.pk)
    voter.goto("/elections/council/")
    found += faults(voter)
    voter.goto("/elections/council/receipt/")
    voter.get_by_label("Your receipt").fill(code.lower())
    voter.get_by_role("button", name="Find my ballot").click()
    found += faults(voter)
    again = voter.locator("table.said tbody tr").all_inner_texts()

    assert found == []
    assert ([one.split() for one in said], told) == (
        [["1", "voter-2"], ["2", "voter-1"], ["3", "voter-3"]],
        "You have voted.",
    )
    assert again == said
    assert Paper.objects.count() == 9
    folder = unpacked(browser_of(voters[0]).get("/elections/council/folder.zip").content, tmp_path)
    checked, tampered = verified(folder), flipped(folder)
    assert (checked.returncode, "NOT" in checked.stdout) == (0, False), checked.stdout
    assert (tampered.returncode, "NOT" in tampered.stdout) == (1, True)


def test_requests_are_decided_by_two_officers_who_have_no_interest_in_them(
    new_page, maintainer, town
):
    officers, voters = named("officer", "abc"), named("voter", range(8))
    firm, day = factories.organization("firm"), timezone.now().date() - timedelta(days=9)
    keeper, voter, stranger = (
        *(new_page(browser_of(one)) for one in (maintainer, voters[0])),
        new_page(),
    )
    one, two, colleague = (new_page(browser_of(officer)) for officer in officers)
    write_rule(keeper)
    draft_roll(keeper, officers)
    publish_roll(one)
    (late,) = named("late", "r")
    for person in (late, officers[2]):
        Affiliation.objects.create(person=person, organization=firm, starts_on=day)
    asker = new_page(browser_of(late))
    ask_to_be_put_on(asker)
    challenge(voter, "voter-7")

    # The colleague is offered nothing to decide, and is refused where they send it nevertheless.
    open_request(colleague, PUT_ON)
    offered = colleague.get_by_role("button", name="Decide").count()
    why = colleague.locator("main .callout").last.inner_text()
    facts = {"verdict": "accept", "reason": "A friend."}
    sent = browser_of(officers[2]).post(urlsplit(colleague.url).path, facts).content.decode()
    kept = Decision.objects.count()
    # The first has spoken and cannot be the second.
    decide(one, PUT_ON, "Accept", "It can be seen.")
    again = one.get_by_role("button", name="Decide").count()
    state = [Request.objects.get(kind="include").state]
    decide(two, PUT_ON, "Accept", "I saw it too.")
    decide(one, TAKE_OFF, "Decline", "Still works here.")
    town.pass_by(days=15)
    one.goto("/rolls/town/seal/")
    waits = one.locator("main .callout").inner_text()
    decide(colleague, TAKE_OFF, "Decline", "I met them.")
    seal_roll(two)
    asker.goto("/rolls/town/me/")
    stranger.goto("/rolls/town/requests/")

    assert (offered, why) == (0, SAME_EMPLOYER)
    assert (SAME_EMPLOYER in sent, kept) == (True, 0)
    assert again == 0
    state += [Request.objects.get(kind=kind).state for kind in ("include", "exclude")]
    assert state == ["open", "accepted", "declined"]
    assert waits == "Decide all requests first."
    assert asker.locator("main .callout-title").first.inner_text() == "You are on the roll."
    roll = Roll.objects.get()
    assert [voter_of(roll, person) is None for person in (late, voters[7])] == [False, False]
    assert roll.state == "sealed"
    # Everybody reads the reasons, and nobody's name.
    table = stranger.locator("main table").inner_text()
    reasons = ("It can be seen.", "I saw it too.", "Still works here.", "I met them.")
    assert [one in table for one in reasons] == [True] * 4
    handles = [person.handle for person in (*officers, late, voters[0], voters[7])]
    assert [handle for handle in handles if handle in table] == []
    assert faults(stranger) + faults(colleague) + faults(asker) == []


def unpacked(content: bytes, tmp_path):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)
    return tmp_path / "council"


def verified(folder) -> subprocess.CompletedProcess:
    """By a Python that knows nothing of this site."""
    command = [sys.executable, "-I", "-S", "verify.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def flipped(folder) -> subprocess.CompletedProcess:
    """The same after one bit of one ballot is another."""
    ballots = folder / "ballots.jsonl"
    content = bytearray(ballots.read_bytes())
    content[40] ^= 1
    ballots.write_bytes(content)
    return verified(folder)
