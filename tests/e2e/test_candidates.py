"""The pages of candidates in both looks: accessible, of one language, and no wider than a phone."""

import pytest

from governance.ballots.nominating import endorse, nominate, write_statement
from tests import factories
from tests.e2e.test_pages import JUDGED, LONG, faults
from tests.factories.ballots import ANNOUNCED, drafted, sealed_roll


@pytest.fixture
def addresses(new_page, member):
    """The member stands, somebody with a long name stands, and somebody else is asked."""
    long = factories.person("a" * 39, name=LONG, claimed_at=ANNOUNCED)
    asked = factories.person("zhang-wei", name="张伟", claimed_at=ANNOUNCED)
    roll = sealed_roll([member, long, asked])
    facts = {"is_of_people": True, "endorsers": 2, "endorsing_employers": 1}
    election = drafted(roll, (), **facts)
    for one in (member, long):
        made = nominate(election=election, person=one, by=one, at=ANNOUNCED)
        text = f"# Why\n\n{LONG}\n\n|a|b|\n|-|-|\n|{LONG}|1|"
        write_statement(candidacy=made, text=text, by=one, at=ANNOUNCED)
    endorse(candidacy=made, by=asked, at=ANNOUNCED)
    nominate(election=election, person=asked, by=member, at=ANNOUNCED)
    home = f"/elections/{election.slug}/"
    one = f"{home}candidates/"
    return [
        one,
        f"{home}nominate/?q=a",
        *(f"{one}{person.handle}/" for person in (member, long, asked)),
        f"{one}{member.handle}/statement/",
        f"{one}{member.handle}/withdraw/",
    ]


@pytest.mark.parametrize("look", JUDGED, ids=str)
def test_each_page_is_accessible_and_fits(look, addresses, new_page, member_client):
    page = new_page(
        member_client,
        viewport={"width": look.width, "height": 900},
        color_scheme=look.scheme,
        language=look.language,
    )

    found = {address: faults(page, address, look) for address in addresses}

    assert {address: wrong for address, wrong in found.items() if wrong} == {}
