"""The table of metrics says what is there: each metric has a row, each test it names exists."""

import ast
import re
from pathlib import Path

import pytest

from contributors.metrics.definitions.health import DAY, RULES
from contributors.metrics.registry import METRICS

HERE = Path(__file__).parent
TEXT = (HERE.parents[2] / "docs/metrics.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if re.match(r"\| \d+ \|", line)
]
KEYS = [row[2].strip("`") for row in ROWS]


def named_tests(name: str) -> set[str]:
    """The names of the tests of a file beside this one."""
    path = HERE / name
    if not path.exists():
        return set()
    tree = ast.parse(path.read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_all_thirty_five_metrics_have_a_row():
    assert [int(row[0]) for row in ROWS] == list(range(1, 36))


def test_every_metric_with_figures_has_a_row():
    assert sorted(set(METRICS) - set(KEYS)) == []


def test_what_has_a_row_but_no_figures_is_said_not_to_be_shown():
    untold = TEXT.split("**Not shown")[1].split("\n\n**")[0]
    numbers = [int(found) for found in re.findall(r"\((\d+)\)", untold)]

    assert numbers == [at for at, key in enumerate(KEYS, start=1) if key not in METRICS]


@pytest.mark.parametrize("row", ROWS, ids=KEYS)
def test_each_test_that_a_row_names_exists(row):
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", row[5])

    assert named
    assert [pair for pair in named if pair[1] not in named_tests(pair[0])] == []


def test_every_name_is_that_of_the_registry():
    named = {row[2].strip("`"): row[1].removesuffix(" (LFX)") for row in ROWS}

    assert {key: named[key] for key in METRICS} == {key: one.name for key, one in METRICS.items()}


def test_the_thresholds_of_health_are_those_of_the_rules():
    scale = {"%": 100, "days": 1 / DAY, "": 1}
    lines = re.findall(
        r"\| `(\w+)` \| (\d+) \| (more|less) \| (?:below )?([\d, ]+?) ?(%|days|) \|", TEXT
    )

    assert lines == [
        (
            rule.metric,
            str(rule.days),
            rule.better,
            ", ".join(f"{one * scale[unit]:g}" for one in rule.thresholds),
            unit,
        )
        for rule, (*_, unit) in zip(RULES, lines, strict=True)
    ]
