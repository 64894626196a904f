"""Every page, in both looks, both languages, on a desk and on a phone."""

from typing import NamedTuple

import pytest
from django.utils import timezone

from community.lib.refusals import Sentence
from integrations.demo.actions import load_demo
from tests import factories
from tests.e2e.conftest import axe_violations, sideways_scroll
from tests.factories import ballots
from tests.factories.notices import notice

pytestmark = pytest.mark.urls("tests.e2e.urls")

VISITOR = [
    "/",
    "/style/",
    "/people/",
    "/organizations/",
    "/projects/",
    "/projects/lantern/",
    "/projects/wick/",
    "/projects/wick/activity/",
    "/projects/wick/health/",
    "/notable/",
    "/projects/wick/notable/",
    "/cohorts/",
    "/explore/?with=year",
    "/explore/?group=project",
    "/explore/?by=week",
    "/labels/",
    "/labels/bug/",
    "/compare/",
    "/@mira/",
    "/activity/",
    "/activity/work/",
    "/search/?q=lantern",
    "/tally/",
    "/criteria/",
    "/criteria/voters/",
    "/elections/",
    "/elections/council/",
    "/elections/council/receipt/",
    "/elections/mascot/",
    "/rolls/",
    "/search/?q=没有",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/nowhere/",
]
MEMBER = [
    "/@mira/",
    "/accounts/3rdparty/",
    "/accounts/email/",
    "/accounts/password/set/",
    "/accounts/2fa/",
    "/accounts/logout/",
    "/settings/",
    "/criteria/voters/me/",
    "/digests/",
    "/notices/",
    "/notices/preferences/",
    "/elections/mascot/",
    "/elections/mascot/vote/",
    "/elections/licence/vote/",
    "/settings/affiliations/",
    "/settings/data/",
    "/tokens/",
    "/audit/me/",
    "/connections/",
    "/jobs/",
]
MAINTAINER = [
    "/",
    "/connections/",
    "/connections/new/",
    "/jobs/",
    "/audit/",
    "/people/merges/",
    "/people/bots/",
    "/elections/new/",
    "/rolls/new/",
    "/projects/new/",
    "/criteria/new/",
    "/organizations/new/",
    "/people/merges/new/?kept=mira&absorbed=zhang-wei",
    "/@mira/",
    "/@mira/split/",
    "/organizations/institute/edit/",
    "/projects/wick/digest/",
    "/projects/wick/digest/?length=month",
]
# What other sites show speaks the language that its address names, not the reader's.
CARD = "/embed/card/community/contributors/?lang="
LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh von und zu Hohenlohe"


class Look(NamedTuple):
    """How a reader sees the site."""

    scheme: str
    width: int
    language: str

    def __str__(self) -> str:
        return f"{self.scheme}-{self.width}-{self.language}"


# Between them both looks, both widths and both languages are judged by axe, which takes most of
# the time; the other two looks ask whether each page fits and speaks its reader's language.
LOOKS = [
    Look("light", 1440, "en"),
    Look("dark", 320, "zh-hans"),
    Look("light", 320, "en"),
    Look("dark", 1440, "zh-hans"),
]
JUDGED = LOOKS[:2]


@pytest.fixture
def community(member):
    """Enough rows, with long and Chinese names, that each page has something to show."""
    load_demo(seed=7, people=30, at=timezone.now())
    made = factories.project("lantern", name="Lantern", summary="一个小巧的模型 " + LONG)
    factories.repository(made)
    factories.organization("institute", name=f"Institute of {LONG}")
    factories.person("zhang-wei", name="张伟")
    factories.person("a" * 39, name=LONG)
    for ballot in (LONG, "技术委员会"):
        notice(member, sentence=Sentence("%(ballot)s", {"ballot": ballot}))
    hold_elections(member)
    return made


def hold_elections(member) -> None:
    """One that is over and two that go on, on a roll with the member, whose officer olive is."""
    now, officer = timezone.now(), factories.person("olive", claimed_at=timezone.now())
    roll = ballots.sealed_roll([member, *ballots.people(8)], [officer])
    titles = [(f"option-{at}", name, name) for at, name in enumerate(("ada", "张伟", LONG))]
    ranks = [{"option-0": 1, "option-1": 2}, {"option-1": 1}, {"option-2": 1, "option-0": 1}]
    ballots.over("council", roll, now, ranks * 3, options=titles, lists_voters=True)
    ballots.going_on("mascot", roll, now, options=titles, text=f"# {LONG}")
    ballots.going_on("licence", roll, now, options=(), rules={"motion": {}}, title="许可证")


@pytest.fixture
def walk(new_page, community):
    """Opens addresses one after another and reports what is wrong with each."""

    def visit(addresses, look, client=None):
        page = new_page(
            client,
            viewport={"width": look.width, "height": 900},
            color_scheme=look.scheme,
            language=look.language,
        )
        found = {address: faults(page, address, look) for address in addresses}
        return {address: wrong for address, wrong in found.items() if wrong}

    return visit


def faults(page, address, look) -> list[str]:
    answer = page.goto(address)
    found = [f"answered {answer.status}"] if answer.status != 200 else []
    page.evaluate("document.fonts.ready")
    spoken = page.evaluate("document.documentElement.lang")
    if spoken != look.language:
        found.append(f"speaks {spoken}")
    if sideways_scroll(page) > 0:
        found.append(f"scrolls {sideways_scroll(page)} px sideways")
    return found + (axe_violations(page) if look in JUDGED else [])


@pytest.mark.parametrize("look", LOOKS, ids=str)
class TestEachPageIsAccessibleAndFits:
    def test_for_a_visitor(self, walk, look):
        found = walk([*VISITOR, CARD + look.language], look)

        assert found == {"/nowhere/": ["answered 404"]}

    def test_for_a_member(self, walk, look, member_client):
        found = walk(MEMBER, look, member_client)

        assert found == {"/connections/": ["answered 403"], "/jobs/": ["answered 403"]}

    def test_for_a_maintainer(self, walk, look, maintainer_client):
        assert walk(MAINTAINER, look, maintainer_client) == {}


def test_the_walk_notices_a_page_that_is_not_accessible(page):
    page.goto("/accounts/login/")
    page.evaluate("document.querySelector('main').append(document.createElement('input'))")

    assert [one.split(":")[0] for one in axe_violations(page)] == ["label"]
