"""The long table: the same typed columns whatever is asked, and nulls that are said."""

import csv
import json
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.cache import cache

from contributors.metrics.actions import rebuild_figures
from contributors.metrics.longform import COLUMNS, KEY, UNITS
from contributors.metrics.models import Figure
from contributors.metrics.registry import METRICS
from tests import factories
from tests.contributors.metrics.test_explore import figures
from tests.factories import ledger

pytestmark = pytest.mark.django_db
QUARTER = "from=2026-01&to=2026-04"
AT = datetime(2026, 12, 31, tzinfo=UTC)
DOCS = Path(__file__).resolve().parents[3] / "docs" / "metrics.md"


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


def lines(client, query: str) -> list[dict]:
    text = client.get(f"/explore-long.jsonl?{query}").content.decode()
    return [json.loads(line) for line in text.splitlines()]


def cells(client, query: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(client.get(f"/explore-long.csv?{query}").text)))


def fields(client, query: str = "") -> list[dict]:
    resources = client.get(f"/explore-long.schema.json?{query}").json()["resources"]
    assert resources[0]["schema"] == resources[1]["schema"]
    return resources[0]["schema"]["fields"]


def fits(value: object, field: dict) -> bool:
    """Whether a value is of its column's type and keeps its constraints."""
    rules = field["constraints"]
    if value is None:
        return not rules["required"]
    types = {
        "string": str,
        "date": str,
        "boolean": bool,
        "number": float,
        "integer": int,
    }
    if type(value) is not types[field["type"]]:
        return False
    if field["type"] == "date":
        date.fromisoformat(value)
    low, high = rules.get("minimum", value), rules.get("maximum", value)
    return low <= value <= high and value in rules.get("enum", [value])


QUERIES = [
    QUARTER,
    f"group=kind&{QUARTER}",
    f"group=project&{QUARTER}",
    f"group=repository&{QUARTER}",
    f"metric=all&scope=project:atlas&{QUARTER}",
    "metric=acceptance_ratio&from=2025-06&to=2026-06",
    "metric=time_to_first_response",
]


@pytest.mark.parametrize("query", QUERIES)
def test_every_row_fits_the_schema(query, client, seeded):
    columns = fields(client, query)
    found = lines(client, query)

    assert found
    for row in found:
        assert list(row) == [one["name"] for one in columns]
        assert [
            name for name, one in zip(row, columns, strict=True) if not fits(row[name], one)
        ] == []


@pytest.mark.parametrize("query", QUERIES)
def test_the_key_names_each_row_once_and_no_month_is_left_out(query, client, seeded):
    found = lines(client, query)

    keys = {tuple(row[name] for name in KEY) for row in found}
    groups = {(row["metric"], row["group"]) for row in found}
    months = {row["start"] for row in found}
    assert len(keys) == len(found) == len(groups) * len(months)


@pytest.mark.parametrize("query", QUERIES)
def test_both_files_hold_the_same(query, client, seeded):
    def parsed(name: str, text: str) -> object:
        if text == "":
            return None
        kind = COLUMNS[name].type
        reading = {"number": float, "integer": int, "boolean": lambda one: one == "true"}
        return reading.get(kind, str)(text)

    typed = [{key: parsed(key, text) for key, text in row.items()} for row in cells(client, query)]

    assert typed == lines(client, query)


def test_what_is_not_known_is_null_and_zero_is_zero(client):
    figures("community", 0, "contributions", 5, 0, None)

    found = lines(client, "from=2024-12&to=2025-04")

    assert [(row["start"], row["value"]) for row in found] == [
        ("2024-12-01", None),
        ("2025-01-01", 5.0),
        ("2025-02-01", 0.0),
        ("2025-03-01", None),
    ]


def test_a_kind_that_was_not_done_in_a_month_is_zero_there(client):
    figures("community", 0, "contributions", 2, 3)
    for figure, kinds in zip(
        Figure.objects.order_by("month"), ({"commit": 2}, {"review": 3}), strict=True
    ):
        figure.details = {"kinds": kinds}
        figure.save()

    found = lines(client, "group=kind&from=2025-01&to=2025-04")

    assert [(row["group"], row["value"], row["n"]) for row in found] == [
        ("commit", 2.0, 2),
        ("commit", 0.0, 0),
        ("commit", None, None),
        ("review", 0.0, 0),
        ("review", 3.0, 3),
        ("review", None, None),
    ]


def test_the_values_are_those_of_the_page(client, seeded):
    page = client.get(f"/explore.json?metric=contributors&{QUARTER}").json()["rows"]
    found = lines(client, f"metric=all&{QUARTER}")

    mine = [row["value"] for row in found if row["metric"] == "contributors"]
    assert mine == [row["value"] for row in page]
    assert {row["metric"] for row in found} == set(METRICS)


def test_a_file_has_no_line_that_is_no_row(client, seeded):
    text = client.get(f"/explore-long.csv?{QUARTER}").text

    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert "#" not in text


def test_nobody_reads_what_is_hidden(client, maintainer_client, seeded):
    seeded.is_private = True
    seeded.save()
    slug = f"repository:{seeded.pk}"

    assert slug not in {row["group"] for row in lines(client, f"group=repository&{QUARTER}")}
    assert client.get(f"/explore-long.csv?metric=all&scope={slug}").status_code == 404
    assert {row["group"] for row in lines(maintainer_client, f"scope={slug}&{QUARTER}")} == {slug}


@pytest.mark.parametrize("query", ["metric=nope", "scope=project:none", "scope=person:nobody"])
def test_what_is_not_there_is_not_found(query, client):
    assert client.get(f"/explore-long.jsonl?{query}").status_code == 404


@pytest.mark.parametrize("size", [1, 3])
def test_all_metrics_cost_the_same_queries_whatever_the_data(
    size, client, django_assert_max_num_queries
):
    for _ in range(size):
        ledger.quarter(factories.repository())
    rebuild_figures(at=AT)

    with django_assert_max_num_queries(14):
        found = lines(client, f"metric=all&{QUARTER}")

    assert len(found) == 3 * len(METRICS)


def test_units_are_all_named():
    assert {metric.unit for metric in METRICS.values()} == set(UNITS)


def test_the_columns_are_documented_with_their_types():
    text = DOCS.read_text()
    told = [
        f"| `{name}` | {one.type} | {'yes' if one.is_nullable else 'no'} |"
        for name, one in COLUMNS.items()
    ]

    assert [row for row in told if row not in text] == []


def test_the_page_leads_to_the_files(client, seeded):
    text = client.get(f"/explore/?scope=project:atlas&{QUARTER}").text

    for form in ("csv", "jsonl", "schema.json"):
        assert f"/explore-long.{form}?metric=contributions&amp;scope=project:atlas" in text
    assert "/explore-long.jsonl?metric=all&amp;scope=project:atlas&amp;from=2026-01" in text
