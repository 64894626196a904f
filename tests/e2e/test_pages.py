"""Every page, in both looks, both languages, on a desk and on a phone."""

from typing import NamedTuple

import pytest
from django.utils import timezone

from integrations.demo.actions import load_demo
from tests import factories
from tests.e2e.conftest import axe_violations, sideways_scroll

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
    "/explore/?with=year",
    "/explore/?group=project",
    "/compare/",
    "/@mira/",
    "/activity/",
    "/activity/work/",
    "/search/?q=lantern",
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
    "/projects/new/",
    "/organizations/new/",
    "/people/merges/new/?kept=mira&absorbed=zhang-wei",
    "/@mira/",
    "/@mira/split/",
    "/organizations/institute/edit/",
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


LOOKS = [
    Look("light", 1440, "en"),
    Look("dark", 1440, "zh-hans"),
    Look("light", 320, "zh-hans"),
    Look("dark", 320, "en"),
]


@pytest.fixture
def community(member):
    """Enough rows, with long and Chinese names, that each page has something to show."""
    load_demo(seed=7, people=30, at=timezone.now())
    made = factories.project("lantern", name="Lantern", summary="一个小巧的模型 " + LONG)
    factories.repository(made)
    factories.organization("institute", name=f"Institute of {LONG}")
    factories.person("zhang-wei", name="张伟")
    factories.person("a" * 39, name=LONG)
    return made


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
    return found + axe_violations(page)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_each_page_is_accessible_and_fits(walk, look, member_client, maintainer_client):
    refused = {"/connections/": ["answered 403"], "/jobs/": ["answered 403"]}

    # One test a look: making the community takes longer than a dozen pages.
    assert {
        "visitor": walk([*VISITOR, CARD + look.language], look),
        "member": walk(MEMBER, look, member_client),
        "maintainer": walk(MAINTAINER, look, maintainer_client),
    } == {"visitor": {"/nowhere/": ["answered 404"]}, "member": refused, "maintainer": {}}


def test_the_walk_notices_a_page_that_is_not_accessible(page):
    page.goto("/accounts/login/")
    page.evaluate("document.querySelector('main').append(document.createElement('input'))")

    assert [one.split(":")[0] for one in axe_violations(page)] == ["label"]
