"""The health of a project, item by item."""

import pytest

from contributors.metrics.definitions.health import DAY, RULES, Observed, Rule, health

MANY = Rule("contributors", 90, "more", (2, 4, 7, 11, 21))
SOON = Rule("change_request_duration", 90, "less", (30 * DAY, 21 * DAY, 15 * DAY, 7 * DAY, 3 * DAY))
PAIR = (MANY, SOON)


def of(people: float | None, seconds: float | None = DAY):
    found = {"contributors": Observed(people), "change_request_duration": Observed(seconds)}
    return health(found, PAIR)


@pytest.mark.parametrize(
    ("people", "level"),
    [(0, 0), (1, 0), (2, 1), (3, 1), (4, 2), (11, 4), (20, 4), (21, 5), (99, 5)],
)
def test_where_more_is_better_a_threshold_is_reached_at_it(people, level):
    assert MANY.level(people) == level


@pytest.mark.parametrize(
    ("days", "level"), [(31, 0), (30, 0), (29, 1), (21, 1), (20, 2), (7, 3), (3, 4), (2.9, 5)]
)
def test_where_less_is_better_a_value_lies_in_one_class_alone(days, level):
    assert SOON.level(days * DAY) == level


def test_the_weakest_item_is_the_level_and_no_mean_hides_it():
    found = of(people=0, seconds=0)

    assert ([item.level for item in found.items], found.level) == ([0, 5], 0)


def test_each_item_has_value_threshold_trend_and_version():
    observed = {"contributors": Observed(8, 5), "change_request_duration": Observed(DAY, 5 * DAY)}

    first = health(observed, PAIR, version=7).items[0]

    assert (first.value, first.level, first.threshold, first.needed) == (8, 3, 7, 11)
    assert (first.trend, first.version) == ("better", 7)


@pytest.mark.parametrize(
    ("rule", "now", "before", "trend"),
    [
        (MANY, 10, 5, "better"),
        (MANY, 5, 10, "worse"),
        (MANY, 10, 10.5, "steady"),
        (MANY, 0, 0, "steady"),
        (MANY, 1, 0, "better"),
        (SOON, 2 * DAY, 5 * DAY, "better"),
        (SOON, 5 * DAY, 2 * DAY, "worse"),
        (MANY, 5, None, None),
    ],
)
def test_the_trend_knows_what_is_good(rule, now, before, trend):
    found = health({rule.metric: Observed(now, before)}, (rule,))

    assert found.items[0].trend == trend


def test_what_the_next_level_takes_is_listed_for_every_item_that_holds_it_up():
    found = of(people=3, seconds=25 * DAY)

    assert [(item.metric, item.needed) for item in found.to_do] == [
        ("contributors", 4),
        ("change_request_duration", 21 * DAY),
    ]


def test_items_above_the_level_are_not_in_the_way():
    found = of(people=3, seconds=DAY)

    assert [item.metric for item in found.to_do] == ["contributors"]


def test_at_the_highest_level_nothing_is_left_to_do():
    found = of(people=50, seconds=DAY)

    assert (found.level, found.to_do) == (5, ())


def test_an_unknown_item_is_told_and_never_taken_for_zero():
    found = of(people=None, seconds=DAY)

    assert (found.level, [item.metric for item in found.unknown]) == (5, ["contributors"])
    assert (found.unknown[0].level, found.unknown[0].needed) == (None, 2)


def test_with_nothing_known_there_is_no_level():
    found = health({}, PAIR)

    assert (found.level, found.to_do, len(found.unknown)) == (None, (), 2)


def test_the_thresholds_of_each_rule_rise_or_fall_without_a_tie():
    wrong = [
        rule.metric
        for rule in RULES
        if list(rule.thresholds) != sorted(set(rule.thresholds), reverse=rule.better == "less")
    ]

    assert wrong == []


def test_stars_and_forks_of_a_lifetime_are_no_item():
    assert [rule.metric for rule in RULES if "fork" in rule.metric or "star" in rule.metric] == []


def test_the_order_of_the_rules_changes_nothing_but_the_order_of_the_items():
    observed = {rule.metric: Observed(5.0, 4.0) for rule in RULES}

    one, other = health(observed, RULES), health(observed, RULES[::-1])

    assert (one.level, set(one.items), set(one.to_do)) == (
        other.level,
        set(other.items),
        set(other.to_do),
    )
