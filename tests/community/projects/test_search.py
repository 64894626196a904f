"""Words are found in every script, on both databases."""

import pytest

from community.projects.actions import create_project
from community.projects.models import Project
from community.projects.search import phrases
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


def opened(slug: str, name: str, **more) -> Project:
    return create_project(slug=slug, name=name, actor=None, at=NOON, **more)


def found(query: str) -> list[str]:
    return [project.slug for project in Project.objects.matching(query)]


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("模型", ["tower"]),
        ("语言模型", ["tower"]),
        ("型语", []),
        ("评测", ["ruler"]),
        ("评测 基准", ["ruler"]),
        ("评测 模型", []),
        ("大", ["tower"]),
        ("ＡＩ", ["tower"]),
        ("ai模型", []),
        ("AI大语言", ["tower"]),
        ("推論", ["ruler"]),
    ],
)
def test_chinese_words_of_any_length_are_found(query, slugs):
    opened("tower", "高塔", summary="AI大语言模型的训练框架")
    opened("ruler", "Ruler", summary="公开的评测基准，推論用")

    assert found(query) == slugs


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("infer", ["engine"]),
        ("INFERENCE", ["engine"]),
        ("ference", []),
        ("vision-language", ["engine"]),
        ("language", ["engine"]),
        ("inference engine", ["engine"]),
        ("café", ["cafe"]),
        ("c++", ["cafe"]),
        ("100%", ["cafe"]),
        ("100_", []),
        ("%", ["cafe", "engine"]),
        ("", ["cafe", "engine"]),
    ],
)
def test_words_are_found_from_their_beginning(query, slugs):
    opened("engine", "Engine", summary="Fast inference of vision-language models")
    opened("cafe", "Café", summary="Serves 100% of C++ users")

    assert sorted(found(query)) == slugs


def test_a_query_does_not_match_across_two_fields():
    opened("one", "高大", summary="模型")

    assert found("大模") == []


def test_a_name_counts_more_than_a_topic_and_a_topic_more_than_prose():
    opened("prose", "Abacus", vision="Retrieval for everyone")
    opened("topic", "Beacon", topics=["retrieval"])
    opened("summed", "Candle", summary="Speeds up retrieval")
    opened("inside", "A retrieval kit")
    opened("named", "Retrieval kit")

    assert found("retrieval") == ["named", "inside", "topic", "summed", "prose"]


def test_at_most_eight_words_are_asked_of_the_database():
    assert len(phrases("word " * 100)) == 8


def test_marks_alone_search_for_nothing():
    assert phrases("!!! --- ...") == []
