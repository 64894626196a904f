"""What may stand in a document, and how what is wrong with it is said."""

import json

import jsonschema
import pytest

from contributors.criteria.clauses import (
    KINDS,
    canonical,
    digest,
    longest_window,
    normal,
    problems_of,
    read,
    walk,
)
from contributors.criteria.schema import SCHEMA

COUNT = {"kinds": ["review"], "days": 365, "at_least": 50}
SPREAD = {"kinds": ["review"], "days": 365}
RIGHT = [
    {"count": COUNT},
    {"count": {**COUNT, "caps": {"per_day": 5}, "projects": ["atlas"]}},
    {"count": {**COUNT, "caps": {}}},
    {"spread": {**SPREAD, "weeks": 4}},
    {"spread": {**SPREAD, "weeks": 4, "repositories": 2}},
    {"tenure": {"days": 1}},
    {"member_of": {"project": "atlas", "role": "maintainer"}},
    {"is_not": ["bot", "suspended"]},
    {"all": [{"any": [{"not": {"tenure": {"days": 3650}}}]}, {"is_not": ["bot"]}]},
]
WRONG = [
    ([], ""),
    ({}, ""),
    ({"count": COUNT, "tenure": {"days": 1}}, ""),
    ({"every": []}, ""),
    ({"all": []}, "all"),
    ({"all": {"tenure": {"days": 1}}}, "all"),
    ({"all": [{"tenure": {"days": 1}}, {"not": {"is_not": []}}]}, "all[1].not.is_not"),
    ({"any": [{"tenure": {"days": 0}}]}, "any[0].tenure.days"),
    ({"tenure": {"days": True}}, "tenure.days"),
    ({"tenure": {"days": 3651}}, "tenure.days"),
    ({"tenure": {"days": "180"}}, "tenure.days"),
    ({"tenure": {}}, "tenure"),
    ({"tenure": 180}, "tenure"),
    ({"count": {**COUNT, "at_least": 0}}, "count.at_least"),
    ({"count": {**COUNT, "at_least": 1.5}}, "count.at_least"),
    ({"count": {**COUNT, "kinds": []}}, "count.kinds"),
    ({"count": {**COUNT, "kinds": ["review", "star"]}}, "count.kinds[1]"),
    ({"count": {**COUNT, "kinds": ["review", "review"]}}, "count.kinds"),
    ({"count": {**COUNT, "kinds": [{}]}}, "count.kinds[0]"),
    ({"count": {**COUNT, "caps": {"per_week": 5}}}, "count.caps"),
    ({"count": {**COUNT, "caps": {"per_day": -1}}}, "count.caps.per_day"),
    ({"count": {**COUNT, "projects": []}}, "count.projects"),
    ({"count": {**COUNT, "projects": [7]}}, "count.projects"),
    ({"count": {**COUNT, "most": 7}}, "count"),
    ({"spread": SPREAD}, "spread"),
    ({"spread": {**SPREAD, "weeks": 531}}, "spread.weeks"),
    ({"member_of": {"project": "", "role": "maintainer"}}, "member_of.project"),
    ({"member_of": {"project": "atlas", "role": "chair"}}, "member_of.role"),
    ({"is_not": ["asleep"]}, "is_not[0]"),
    ({"member_of": {"project": "nul\0", "role": "maintainer"}}, "member_of.project"),
    ({"count": {**COUNT, "projects": ["a b"]}}, "count.projects"),
]


@pytest.mark.parametrize("document", RIGHT)
def test_a_right_document_is_right_for_code_and_schema(document):
    jsonschema.validate(document, SCHEMA)

    assert problems_of(document) == []


@pytest.mark.parametrize(("document", "path"), WRONG)
def test_a_wrong_document_is_wrong_for_both_and_the_path_is_named(document, path):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA)

    assert [one.path for one in problems_of(document)] == [path]


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_problem_is_said_at_once():
    document = {"count": {"kinds": ["star"], "days": 0, "at_leats": 5}}

    assert [str(one) for one in problems_of(document)] == [
        "count: “at_least” is missing.",
        f"count.kinds[0]: “star” is none of these words: {', '.join(KINDS)}.",
        "count.days: Write a whole number from 1 to 3650.",
        "count: “at_leats” is none of these words: kinds, days, at_least, caps, projects.",
    ]


def test_a_document_too_deep_or_too_large_is_refused():
    deep = {"tenure": {"days": 1}}
    for _turn in range(6):
        deep = {"not": deep}
    wide = {"all": [{"any": [{"tenure": {"days": 1}}] * 25}] * 2}

    assert [one.sentence for one in problems_of(deep)] == ["Clauses are nested too deeply."]
    assert [one.sentence for one in problems_of(wide)] == ["A rule has at most 50 clauses."]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"tenure":\n {"days": }}', "This is not JSON: look at line 2."),
        ("", "This is not JSON: look at line 1."),
        ("[" * 100_000, "Clauses are nested too deeply."),
        (
            '{"tenure": {"days": 1, "days": 180}}',
            "“days” is written twice in one place.",
        ),
    ],
    ids=["syntax", "empty", "deep", "twice"],
)
def test_a_text_that_is_no_document_says_why(text, sentence):
    assert [str(one) for one in read(text)[1]] == [sentence]


def test_what_no_page_can_carry_is_not_repeated():
    (problem,) = read('{"\\ud800' + "x" * 100 + '": []}')[1]

    assert problem.sentence.startswith("“?xxx")
    assert len(problem.sentence.split("”")[0]) == 41


def test_one_rule_has_one_text_and_one_hash():
    one = {"count": {"kinds": ["review", "commit"], "days": 7, "at_least": 1, "caps": {}}}
    other = json.loads('{"count": {"at_least": 1, "days": 7, "kinds": ["commit", "review"]}}')

    assert canonical(one) == '{"count":{"at_least":1,"days":7,"kinds":["commit","review"]}}'
    assert digest(one) == digest(other)
    assert normal(normal(one)) == normal(one)


def test_the_order_of_clauses_stays():
    document = {"all": [{"tenure": {"days": 2}}, {"not": {"tenure": {"days": 1}}}]}

    assert normal(document) == document
    assert [path for path, _word, _body in walk(document)] == [
        "all",
        "all[0].tenure",
        "all[1].not",
        "all[1].not.tenure",
    ]


def test_the_longest_window_of_all_clauses_is_read():
    short, long = ({"count": {**COUNT, "days": days}} for days in (30, 400))

    assert longest_window({"all": [short, {"not": long}, {"tenure": {"days": 900}}]}) == 400
    assert longest_window({"tenure": {"days": 900}}) is None
