"""Sentences are stored with their template and said in each reader's language."""

from django.utils import translation
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
