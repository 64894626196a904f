"""A whole election in a browser: from the rule to the folder that anybody checks."""

import io
import subprocess
import sys
import zipfile
from datetime import timedelta

from django.utils import timezone

from governance.ballots.casting import cast_ballot
from governance.ballots.models import Election, Paper
from governance.ballots.tasks import close, count, publish
from tests import factories
from tests.e2e.town import browser_of, faults


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


def test_a_community_elects_and_anybody_counts_again(new_page, maintainer, town, tmp_path):
    officers = [factories.person(f"officer-{one}", claimed_at=timezone.now()) for one in "ab"]
    voters = [factories.person(f"voter-{one}", claimed_at=timezone.now()) for one in range(8)]
    found, keeper = [], new_page(browser_of(maintainer))
    officer, voter = (new_page(browser_of(one)) for one in (officers[0], voters[0]))

    write_rule(keeper)
    draft_roll(keeper, officers)
    officer.goto("/rolls/town/")
    officer.get_by_role("button", name="Compute").click()
    officer.get_by_role("link", name="Publish").click()
    officer.locator("main form.form button[type=submit]").first.click()
    officer.wait_for_url("**/rolls/town/")
    voter.goto("/rolls/town/me/")
    found += faults(voter)
    town.pass_by(days=15)
    officer.goto("/rolls/town/seal/")
    officer.locator("main form.form button[type=submit]").first.click()
    officer.wait_for_url("**/rolls/town/")

    keeper.goto("/elections/new/")
    keeper.get_by_label("Title").fill("Town council")
    keeper.get_by_label("Short name in addresses").fill("council")
    keeper.get_by_label("Roll", exact=True).select_option(label="Town roll")
    opens = town.now + timedelta(days=2)
    keeper.get_by_label("Voting opens").fill(wall(opens))
    keeper.get_by_label("Voting closes").fill(wall(opens + timedelta(days=5)))
    keeper.get_by_label("Hours between the close and the count").fill("1")
    found += faults(keeper)
    keeper.get_by_role("button", name="Keep the draft").click()
    keeper.wait_for_url("**/elections/council/")
    for one in voters[1:4]:
        answer = browser_of(one).post(
            "/elections/council/nominate/", {"handle": one.handle, "candidate": one.handle}
        )
        assert answer.status_code == 302, answer.content.decode()[-3000:]
    officer.goto("/elections/council/")
    found += faults(officer)
    officer.get_by_role("link", name="Announce").click()
    officer.get_by_role("button", name="Announce and freeze").click()
    officer.wait_for_url("**/elections/council/")

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
    assert Paper.objects.count() == 8
    folder = unpacked(browser_of(voters[0]).get("/elections/council/folder.zip").content, tmp_path)
    checked, tampered = verified(folder), flipped(folder)
    assert (checked.returncode, "NOT" in checked.stdout) == (0, False), checked.stdout
    assert (tampered.returncode, "NOT" in tampered.stdout) == (1, True)


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
