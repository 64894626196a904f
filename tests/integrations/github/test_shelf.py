"""Answers that were not stored when a worker was killed."""

import os
import time

import pytest

from integrations.connections.keys import plain
from integrations.connections.sync import sync_source
from integrations.github import shelf as shelves
from integrations.github.shelf import LONGEST, Shelf
from integrations.github.transport import Transport


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "fetched")


def test_the_next_run_finds_what_came_before_a_kill(github, world, tmp_path):
    first = Transport(plain("good-token"), shelf=Shelf(tmp_path / "fetched"))
    listed = first.get_kept("repos/guild/hall/issues", per_page=10, page=2)
    asked = len(github.log)

    second = Transport(plain("good-token"), shelf=Shelf(tmp_path / "fetched"))
    again = second.get_kept("repos/guild/hall/issues", per_page=10, page=2)

    assert (again, len(github.log), second.counts["rest"]) == (listed, asked, 0)


def test_what_is_not_to_be_kept_is_asked_again(github, world, shelf):
    transport = Transport(plain("good-token"), shelf=shelf)

    for _time in range(2):
        transport.get("repos/guild/hall")

    assert transport.counts["rest"] == 2


def test_an_answer_hours_old_is_none(shelf):
    shelf.keep("q", b"[]", {})
    old = time.time() - LONGEST - 1
    for path in shelf.folder.iterdir():
        os.utime(path, (old, old))

    assert Shelf(shelf.folder).find("q") is None


def test_what_a_run_asks_twice_is_asked_twice(github, world, shelf):
    transport = Transport(plain("good-token"), shelf=shelf)

    for _time in range(2):
        transport.get_kept("repos/guild/hall/issues", per_page=10)

    assert transport.counts["rest"] == 2


def test_a_kept_answer_serves_once(shelf):
    shelf.keep("q", b"[]", {})
    later = Shelf(shelf.folder)

    assert [found and found.body for found in (later.find("q"), later.find("q"))] == [b"[]", None]


def test_not_modified_is_kept_too(github, world, tmp_path):
    first = Transport(plain("good-token"), shelf=Shelf(tmp_path / "fetched"))
    etag = first.get("repos/guild/hall/issues", per_page=10).etag
    same = first.get_kept("repos/guild/hall/issues", etag, per_page=10)

    second = Transport(plain("good-token"), shelf=Shelf(tmp_path / "fetched"))
    again = second.get_kept("repos/guild/hall/issues", etag, per_page=10)

    assert (again, again.data, second.counts["rest"]) == (same, None, 0)


def test_the_oldest_makes_room_also_for_a_later_run(shelf, monkeypatch):
    monkeypatch.setattr(shelves, "MOST", 3)
    for number in range(3):
        shelf.keep(f"q{number}", b"[]", {})
    later = Shelf(shelf.folder)
    later.keep("q3", b"[]", {})

    assert len(list(shelf.folder.iterdir())) == 3
    assert Shelf(shelf.folder).find("q3") is not None


def test_a_whole_reading_leaves_the_shelf_empty(source, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    sync_source(source=source)

    assert not (tmp_path / "data" / "fetched" / str(source.pk)).exists()
