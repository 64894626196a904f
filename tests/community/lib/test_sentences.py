"""Sentences are stored with their template and said in each reader's language."""

from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from community.lib.refusals import Refused, Sentence

SEARCH = gettext_noop("Search")


def test_a_stored_sentence_is_said_in_the_readers_language():
    stored = Sentence(SEARCH).as_json()

    with translation.override("zh-hans"):
        said = str(Sentence.from_json(stored))

    assert (said, str(Sentence.from_json(stored))) == ("搜索", "Search")


def test_values_fill_the_template():
    assert str(Refused("late", Sentence("Closed at %(time)s.", {"time": "10:40"}))) == (
        "Closed at 10:40."
    )


def test_an_empty_sentence_is_stored_as_nothing():
    assert (Sentence("").as_json(), str(Sentence.from_json({}))) == ({}, "")


def test_a_moment_is_said_in_the_readers_zone_and_with_its_day_unless_that_is_today(time_machine):
    time_machine.move_to("2026-03-14T09:00:00+00:00", tick=False)
    moments = ["2026-03-14T10:40:00+00:00", "2026-03-15T10:40:00+00:00"]

    with timezone.override("Asia/Shanghai"):
        said = [str(Sentence("Next at %(next_at)s.", {"next_at": one})) for one in moments]

    assert said == ["Next at 18:40 CST.", "Next at March 15, 2026 18:40 CST."]


def test_a_day_and_a_sentence_within_a_sentence_are_said_in_the_readers_language():
    inner = Sentence(SEARCH).as_json()
    stored = Sentence("%(day_on)s: %(why)s", {"day_on": "2026-03-14", "why": inner})

    with translation.override("zh-hans"):
        assert str(stored) == "2026年3月14日: 搜索"


def test_a_value_that_is_no_moment_is_said_as_it_stands():
    assert str(Sentence("%(meet_at)s", {"meet_at": "the gate"})) == "the gate"


def test_a_reason_in_plain_words_is_kept_as_it_was_said():
    stored = Sentence.of("Only 12% came.").as_json()

    assert (stored["text"], str(Sentence.from_json(stored))) == (
        "Only 12%% came.",
        "Only 12% came.",
    )
    assert Sentence.of(Sentence(SEARCH)) == Sentence(SEARCH)
