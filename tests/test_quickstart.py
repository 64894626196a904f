"""From a fresh clone to a site that answers, in one command."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError

from community.audit.actions import record
from config import bootstrap
from config.management.commands import quickstart
from tests import factories
from tests.conftest import NOON

ROOT = Path(__file__).resolve().parent.parent
OURS = ("DATABASE_URL", "SECRET_KEY", "IDENTITY_KEY", "ENCRYPTION_KEY", "DJANGO", "SITE_URL")


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """Starts the command as people do, with a data folder of its own."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    env |= {"NO_BOOTSTRAP": "1", "GUILDHALL_DATA": str(tmp_path_factory.mktemp("site") / "data")}

    def run(*arguments):
        port = str(bootstrap.free_port(18_000))
        call = [sys.executable, "manage.py", "quickstart", "--no-demo", "--port", port, *arguments]
        return subprocess.Popen(
            call, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    return run


@pytest.mark.timeout(240)
def test_check_fetches_the_main_pages_of_a_new_site_and_ends(start):
    site = start("--check")

    said, complained = site.communicate(timeout=200)

    pages = re.findall(r"^(\d+) +\d+ ms  (\S+)$", said, re.MULTILINE)
    assert (site.returncode, complained) == (0, "")
    assert {status for status, _ in pages} == {"200"}
    assert [path for _, path in pages] == [
        "/",
        "/activity/",
        "/people/",
        "/projects/",
        "/accounts/login/",
    ]


@pytest.mark.services
@pytest.mark.timeout(240)
def test_two_starts_at_once_share_one_new_site(tmp_path):
    env = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    env |= {"NO_BOOTSTRAP": "1", "GUILDHALL_DATA": str(tmp_path / "data")}
    ports = [bootstrap.free_port(port) for port in (18_100, 18_200)]

    starts = [
        subprocess.Popen(
            [sys.executable, "manage.py", "quickstart", "--no-demo", "--check", f"--port={port}"],
            cwd=ROOT,
            env=env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for port in ports
    ]

    outcomes = [(one.communicate(timeout=200)[0], one.returncode) for one in starts]
    assert [code for _said, code in outcomes] == [0, 0], outcomes
    assert sum("Creating the tables" in said for said, _code in outcomes) == 1


@pytest.mark.timeout(240)
def test_the_site_says_how_to_get_in_and_ends_on_an_interrupt(start):
    site = start("--no-browser")
    said = []
    for line in site.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            break
    site.send_signal(signal.SIGINT)

    _, complained = site.communicate(timeout=60)

    text = "".join(said)
    address = re.search(r"Guildhall runs at (http://127\.0\.0\.1:\d+)/", text)
    assert (site.returncode, complained.strip()) == (0, "Stopping ...")
    assert address is not None
    assert len(re.findall(rf"^  {address[1]}/welcome/\S{{40,}}/$", text, re.MULTILINE)) == 1
    assert "invented" not in text


@pytest.fixture
def loads(db, monkeypatch):
    """How often the demo community was loaded."""
    counted = SimpleNamespace(times=0)

    def load(**_):
        counted.times += 1

    monkeypatch.setattr(quickstart, "load_demo", load)
    return counted


def test_an_empty_site_gets_the_demo(loads):
    quickstart.Command().load_demo()

    assert loads.times == 1


def test_a_site_with_projects_of_its_own_gets_no_demo(loads):
    factories.project()

    quickstart.Command().load_demo()

    assert loads.times == 0


def test_a_demo_that_was_removed_does_not_come_back(loads):
    record(verb="demo.loaded", subject="demo", at=NOON)

    quickstart.Command().load_demo()

    assert loads.times == 0


def test_the_main_pages_include_a_project_and_who_looks_after_it(db, member):
    factories.project("wick").maintainers.add(member)

    assert quickstart.main_paths()[:3] == ["/", "/projects/wick/", "/@mira/"]


def test_check_names_the_pages_that_failed(db, monkeypatch):
    answers = {"http://site/people/": (500, 0.1), "http://site/activity/": (0, 0.1)}
    monkeypatch.setattr(quickstart, "fetch", lambda address: answers.get(address, (200, 0.1)))

    with pytest.raises(CommandError, match=r"These pages failed: /activity/, /people/$"):
        quickstart.Command().check_pages("http://site")


def test_a_site_that_is_away_has_no_status():
    assert quickstart.fetch("http://127.0.0.1:1/")[0] == 0


@pytest.mark.parametrize(
    ("is_terminal", "display", "opens"), [(True, ":0", True), (False, ":0", False)]
)
def test_a_browser_opens_only_from_a_terminal(monkeypatch, is_terminal, display, opens):
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(isatty=lambda: is_terminal))

    assert quickstart.can_open_a_browser() is opens
