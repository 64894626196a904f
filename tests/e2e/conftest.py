"""A browser against a live server; runs with `E2E=1` or `pytest -m e2e`, else says why not."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from community.jobs import clock as clocks
from tests.integrations.conftest import github

__all__ = ["github"]

HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE_OPTIONS = {"resultTypes": ["violations"], "preload": False}  # it would fetch sheets again
# A page that answers 404 is told of in the console as well; statuses are judged one by one.
EXPECTED = "Failed to load resource"


def pytest_collection_modifyitems(config, items):
    wanted = os.environ.get("E2E") or "e2e" in (config.option.markexpr or "")
    reason = "" if CHROMIUM else "Chromium is not installed"
    reason = reason or ("" if wanted else "browser tests run with E2E=1")
    for item in items:
        if HERE in Path(item.fspath).parents:
            item.add_marker(pytest.mark.e2e)
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser_type_launch_args():
    # Playwright keeps an event loop in this thread; Django would refuse its queries.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    return {"executable_path": CHROMIUM, "args": FLAGS}


class Watched:
    """Opens pages of one browser context and remembers what went wrong in them."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context, self.base = context, base
        self.troubles: list[str] = []

    def open(self) -> Page:
        page = self.context.new_page()
        page.on("console", self.heard)
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("request", lambda request: self.asked(request.url))
        page.on("response", self.answered)
        return page

    def heard(self, message) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED):
            self.troubles.append(f"console: {message.text}")

    def asked(self, url: str) -> None:
        if urlsplit(url).scheme.startswith("http") and not url.startswith(self.base):
            self.troubles.append(f"foreign: {url}")

    def answered(self, response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.troubles.append(f"{response.status}: {response.url}")


@pytest.fixture
def new_page(browser: Browser, live_server) -> Iterator[Callable[..., Page]]:
    """Makes a page; errors in the console, broken or foreign requests fail the test at its end."""
    watched: list[Watched] = []

    def make(client: Client | None = None, **options) -> Page:
        language = options.pop("language", "en")
        options = {"viewport": {"width": 1440, "height": 900}, "locale": "en-US", **options}
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(10_000)
        cookies = {"django_language": language}
        if client:
            cookies["sessionid"] = client.cookies["sessionid"].value
        context.add_cookies(
            [{"name": key, "value": one, "url": live_server.url} for key, one in cookies.items()]
        )
        watched.append(Watched(context, live_server.url))
        return watched[-1].open()

    yield make
    for one in watched:
        one.context.close()
    assert [trouble for one in watched for trouble in one.troubles] == []


@pytest.fixture
def page(new_page) -> Page:
    """Nobody is signed in."""
    return new_page()


@pytest.fixture
def member_page(new_page, member_client) -> Page:
    """The member is signed in."""
    return new_page(member_client)


@pytest.fixture
def maintainer_page(new_page, maintainer_client) -> Page:
    """The maintainer is signed in."""
    return new_page(maintainer_client)


@pytest.fixture
def town(monkeypatch):
    """The town's clock is every clock's."""
    from tests.e2e.town import TownClock

    made = TownClock()
    monkeypatch.setattr(clocks, "_told", made)
    return made


def axe_violations(page: Page) -> list[str]:
    """What axe calls serious or critical on this page."""
    found = Axe().run(page, options=AXE_OPTIONS).response["violations"]
    return [
        f"{one['id']}: {node['target'][0]} {node['html'][:120]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


def sideways_scroll(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    def check(page: Page) -> None:
        assert axe_violations(page) == []

    return check


@pytest.fixture
def assert_no_sideways_scroll() -> Callable[[Page], None]:
    def check(page: Page) -> None:
        assert sideways_scroll(page) <= 0

    return check
