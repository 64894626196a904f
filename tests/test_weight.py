"""What a page may weigh, and whom it may ask."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

KILOBYTE = 1024
IMPORT = re.compile(r'@import url\("([^"]+)"\)')
ADDRESS = re.compile(r'(?:<script src|rel="stylesheet" href)="(/static/[^"?]+\.(?:css|js))')
FOREIGN = re.compile(r'(?:src|href|action)="(?:https?:)?//([^/"]+)')


@pytest.fixture
def login(db) -> str:
    return Client().get("/accounts/login/").content.decode()


@pytest.mark.parametrize(("ending", "budget"), [("css", 30), ("js", 40)])
def test_style_sheets_and_scripts_of_a_page_stay_within_their_budget(login, ending, budget):
    loaded = [address for address in set(ADDRESS.findall(login)) if address.endswith(ending)]

    weight = sum(len(gzip.compress(content(address))) for address in loaded)

    assert len(loaded) > 1
    assert weight <= budget * KILOBYTE


def content(address: str) -> bytes:
    """A static file with the sheets that it imports."""
    path = Path(finders.find(address.removeprefix("/static/")))
    text = path.read_bytes()
    imported = [path.parent / name for name in IMPORT.findall(text.decode())]
    return text + b"".join(one.read_bytes() for one in imported)


def test_a_page_names_no_other_host(login):
    assert FOREIGN.findall(login) == []


def test_a_page_has_neither_inline_styles_nor_inline_handlers(login):
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", login) == []


def test_our_own_sheets_ask_no_other_host():
    folder = Path(finders.find("css/tokens.css")).parent

    asked = [
        url for path in folder.glob("*.css") for url in re.findall(r"https?://", path.read_text())
    ]

    assert asked == []
