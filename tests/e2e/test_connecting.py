"""A maintainer connects a repository in a browser and sees that all of it has come."""

from urllib.parse import urlsplit

import pytest
from django.core.cache import cache

from contributors.activity.models import Completeness
from integrations.connections.models import Source
from integrations.connections.sync import sync_source
from tests.e2e.conftest import axe_violations, sideways_scroll
from tests.github_api.__main__ import scaled
from tests.github_api.world import World


@pytest.fixture
def world():
    return World(size=scaled(0.004))


@pytest.fixture(autouse=True)
def nothing_remembered():
    yield
    cache.clear()  # estimates are remembered


def faults(page) -> list[str]:
    """What is wrong with the page as it stands, on a desk in light and on a phone in dark."""
    found = []
    for width, scheme in ((1440, "light"), (320, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{urlsplit(page.url).path} {scheme}: {one}" for one in axe_violations(page)]
        if sideways_scroll(page) > 0:
            found.append(f"{urlsplit(page.url).path} is wider than {width} px")
    return found


def test_a_repository_is_connected_and_read_until_it_is_complete(
    request,
    maintainer_page,
):
    request.getfixturevalue("github")
    page, found = maintainer_page, []
    page.goto("/connections/new/")
    found += faults(page)
    page.locator("input[name=token]").fill("good-token")
    page.get_by_role("button", name="Go on with this token").click()
    page.wait_for_url("**/pick/")
    found += faults(page)
    page.get_by_label("guild/hall").check()
    page.get_by_role("button", name="See what it takes").click()
    page.wait_for_url("**/estimate/")
    found += faults(page)

    page.get_by_role("button", name="Connect and read 1 repository").click()
    page.wait_for_url("**/connections/access/*/")
    found += faults(page)
    source = Source.objects.get()
    sync_source(source=source)
    day = Completeness.objects.order_by("day").first().day
    addresses = [
        source.connection.get_absolute_url(),
        "/connections/deliveries/",
        "/connections/new/app/",
        f"{source.get_absolute_url()}disconnect/",
        "/activity/completeness/",
        f"/activity/completeness/{source.repository_id}/?day={day}",
        source.get_absolute_url(),
    ]
    for address in addresses:
        page.goto(address)
        found += faults(page)

    assert "100% complete" in page.locator("#progress").inner_text()
    assert found == []
