"""What stands in a drawing, and what a strict content policy keeps out of it."""

import itertools
import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from contributors.metrics.calendar_strip import calendar_strip, level
from contributors.metrics.charts import (
    Axis,
    Series,
    histogram_bars,
    line_chart,
    sparkline,
    stacked_bars,
)
from contributors.metrics.svg import nice_ticks

AXIS = Axis(["Jan", "Feb", "Mar"], ["Jan 2026", "Feb 2026", "Mar 2026"], "days")
SERIES = [Series("Opened", [None, 4, 8]), Series("Closed", [None, 2, 6.5])]


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def every(svg: str, name: str, kind: str = "") -> list[ET.Element]:
    found = drawn(svg).iter(name)
    return [one for one in found if kind in (one.get("class") or "").split()] if kind else [*found]


@pytest.mark.parametrize(
    ("top", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (7, [0, 2, 4, 6, 8]),
        (100, [0, 50, 100]),
        (1234, [0, 500, 1000, 1500]),
    ],
)
def test_ticks_are_round_and_reach_above_the_highest_value(top, ticks):
    assert nice_ticks(top) == ticks


def test_ticks_of_measures_may_be_fractions():
    assert nice_ticks(0.7, is_whole=False) == [0, 0.2, 0.4, 0.6, 0.8]


@pytest.mark.parametrize(
    "svg",
    [
        line_chart("k", "T", SERIES, AXIS),
        stacked_bars("k", "T", SERIES, AXIS),
        histogram_bars("k", "T", [1, 0, 3], AXIS),
        sparkline([1, 2, 3]),
        calendar_strip({date(2026, 3, 1): 4}, until=date(2026, 3, 14), key="k"),
    ],
    ids=["lines", "bars", "histogram", "spark", "calendar"],
)
def test_a_drawing_is_well_formed_and_carries_no_style_or_script(svg):
    names = {element.tag for element in drawn(svg).iter()}
    attributes = {name for element in drawn(svg).iter() for name in element.attrib}

    assert names & {"style", "script"} == set()
    assert [name for name in attributes if name == "style" or name.startswith("on")] == []


def test_each_month_is_one_stop_of_the_keyboard_that_reads_its_values():
    columns = every(line_chart("k", "T", SERIES, AXIS), "g", "column")

    assert [one.get("tabindex") for one in columns] == ["0", "0", "0"]
    assert [one.findtext("title") for one in columns] == [
        "Jan 2026: Opened: unknown, Closed: unknown",
        "Feb 2026: Opened: 4 days, Closed: 2 days",
        "Mar 2026: Opened: 8 days, Closed: 6.5 days",
    ]


def test_a_drawing_names_and_describes_itself():
    root = drawn(line_chart("flow", "Issues", SERIES, AXIS))

    assert root.get("aria-labelledby") == "flow-title flow-desc"
    assert (root.findtext("title"), root.findtext("desc")) == ("Issues", "Lines over 3 periods.")


def test_lines_differ_in_dashes_not_only_in_color():
    lines = every(line_chart("k", "T", SERIES, AXIS), "polyline")

    assert [one.get("stroke-dasharray") for one in lines] == [None, "6 3"]


def test_nothing_is_drawn_where_nothing_is_known():
    svg = line_chart("k", "T", [Series("a", [None, 2, None])], AXIS)

    assert (len(every(svg, "polyline")), len(every(svg, "circle"))) == (0, 1)


def test_the_time_before_tracking_is_shaded():
    assert len(every(line_chart("k", "T", SERIES, AXIS), "rect", "untracked")) == 1


def test_a_chart_that_knows_every_month_has_no_shade():
    svg = stacked_bars("k", "T", [Series("a", [1, 0, 2])], AXIS)

    assert every(svg, "rect", "untracked") == []


def test_up_to_four_lines_carry_their_names():
    labels = [one.text for one in every(line_chart("k", "T", SERIES, AXIS), "text", "label")]

    assert sorted(labels) == ["Closed", "Opened"]


def test_names_of_lines_that_end_together_do_not_touch():
    series = [Series(name, [1, 2, 5]) for name in "abc"]

    places = [
        float(one.get("y")) for one in every(line_chart("k", "T", series, AXIS), "text", "label")
    ]

    assert min(b - a for a, b in itertools.pairwise(places)) >= 14


def test_stacked_parts_reach_as_high_as_their_sum():
    svg = stacked_bars("k", "T", [Series("a", [3, 0, 1]), Series("b", [1, 0, 0])], AXIS)

    below, above = every(svg, "g", "marks")
    assert (len(below), len(above)) == (2, 1)
    assert float(above[0].get("y")) == 14.0  # four of four: the upper edge of the plot
    assert float(above[0].get("y")) + float(above[0].get("height")) == float(below[0].get("y")) - 1


def test_titles_are_escaped():
    svg = line_chart("k", "<b>&", SERIES, AXIS)

    assert "<b>" not in svg
    assert drawn(svg).findtext("title") == "<b>&"


def test_a_spark_of_one_value_is_not_drawn():
    assert sparkline([None, 3]) == ""


def test_the_calendar_ends_with_the_last_known_day():
    svg = calendar_strip({date(2026, 3, 13): 4}, until=date(2026, 3, 14), key="k")

    days = list(every(svg, "rect"))
    assert days[-1].get("class") == "level-4"
    assert re.match("4 contributions on", days[-1].findtext("title"))
    assert len(days) == 52 * 7 + 5


@pytest.mark.parametrize(("value", "step"), [(0, 0), (1, 1), (4, 2), (9, 3), (16, 4)])
def test_quiet_days_differ_more_than_busy_ones(value, step):
    assert level(value, 16) == step
