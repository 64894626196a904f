"""Labels as a scope: the same definitions of the issues and change requests that carry one."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from community.people.models import Person
from community.projects.models import Repository
from contributors.activity.labels import label_named, labels_known
from contributors.activity.models import WorkItem
from contributors.metrics.actions import rebuild_figures
from contributors.metrics.kept import LABELED
from contributors.metrics.models import Figure
from tests import factories
from tests.factories import ledger
from tests.kept import once

pytestmark = pytest.mark.django_db
QUARTER = "from=2026-01&to=2026-04"


@once
def a_quarter_with_labels():
    repository = factories.repository(factories.project("atlas", name="Atlas"))
    ledger.quarter(repository)
    for number, item in enumerate(WorkItem.objects.order_by("pk")):
        item.labels = [["bug"], ["kind/新手", "Bug"], ["bugs", "bug"], []][number % 4]
        item.save()
    rebuild_figures(at=ledger.noon(date(2026, 12, 31)))
    return repository


@pytest.fixture
def labeled(db):
    cache.clear()
    return a_quarter_with_labels()


def values(client, query: str) -> dict[str, float | None]:
    lines = client.get(f"/explore-long.jsonl?metric=all&{query}").text.splitlines()
    return {(row["metric"], row["period"]): row["value"] for row in map(json.loads, lines)}


def test_a_label_that_all_carry_says_what_the_community_says(client, labeled):
    WorkItem.objects.update(labels=["everything"])
    rebuild_figures(at=ledger.noon(date(2026, 12, 31)))
    cache.clear()

    whole = values(client, QUARTER)
    of_label = values(client, f"scope=label:everything&{QUARTER}")

    assert {metric for metric, _ in of_label} == set(LABELED)
    assert of_label == {key: value for key, value in whole.items() if key[0] in LABELED}


def test_labels_of_one_part_add_up_with_the_others(client, labeled):
    bug = values(client, f"scope=label:bug&{QUARTER}")

    opened = WorkItem.objects.filter(kind="issue", opened_at__month=1)
    carrying = sum("bug" in {name.casefold() for name in one.labels} for one in opened)
    assert bug["issues_new", "2026-01"] == carrying > 0


def test_capitals_do_not_part_a_label_but_other_letters_do(labeled):
    names = {one.name: (one.open, one.total) for one in labels_known(None)}

    assert set(names) == {"bug", "bugs", "kind/新手"}
    assert names["bug"][1] > names["bugs"][1]
    assert label_named("BUG", None) == label_named("bug", None)


def test_what_waits_on_the_page_of_a_label_follows_what_waits(client, labeled):
    first = WorkItem.objects.waiting().labeled("bug").longest_waiting()[0]
    before = client.get("/labels/bug/").text

    WorkItem.objects.filter(pk=first.pk).update(title="Another title by now")
    after = client.get("/labels/bug/").text

    assert "Another title by now" not in before
    assert "Another title by now" in after


@pytest.mark.parametrize("name", ["bug", "kind/新手"])
def test_a_label_has_a_page_with_what_waits_and_its_figures(name, client, labeled):
    answer = client.get(f"/labels/{name}/?period=2026-Q1")

    waiting = WorkItem.objects.waiting().labeled(name).count()
    assert answer.status_code == 200
    assert answer.context["waiting"]["title"].startswith(str(waiting))
    assert [card.label for card in answer.context["figures"]] != []
    assert all(client.get(chart.csv_url).status_code == 200 for chart in answer.context["charts"])


def test_the_rows_behind_a_figure_are_as_many_as_it_says(client, labeled):
    cards = client.get("/labels/bug/?period=2026-Q1").context["figures"]

    for card in cards[:4]:
        page = client.get(card.rows_url).context["page"]
        assert str(page.paginator.count) == card.value, card.label


def test_the_list_can_be_searched(client, labeled):
    found = client.get("/labels/?q=新手").context["page"].object_list

    assert [one.name for one in found] == ["kind/新手"]


def test_what_only_hidden_repositories_call_so_is_not_there(client, maintainer_client, labeled):
    Repository.objects.filter(pk=labeled.pk).update(is_private=True)

    assert client.get("/labels/bug/").status_code == 404
    assert client.get("/explore/?scope=label:bug").status_code == 404
    assert client.get("/embed/badge/label:bug/issues_new.svg").status_code == 404
    assert "bug" not in client.get("/labels/").text
    assert maintainer_client.get("/labels/bug/").status_code == 200


def test_who_hides_their_activity_is_not_named_among_what_waits(client, labeled):
    Person.objects.update(visibility={"activity": "hidden"})

    answer = client.get("/labels/bug/")

    assert answer.context["waiting"]["items"] == []


def test_what_counts_people_says_why_a_label_has_none(client, labeled):
    answer = client.get("/explore/?scope=label:bug&metric=contributors")
    untold = client.get("/labels/bug/").context["untold"]

    assert "Issues and change requests carry labels" in answer.context["chart"].note
    assert "Contributors" in [str(one) for one in untold]


def test_the_command_and_the_api_say_the_same(client, labeled):
    out = StringIO()
    call_command("metrics", "label:Bug", "--period", "2026-Q1", "--json", stdout=out)
    printed = json.loads(out.getvalue())["metrics"]
    told = client.get("/api/v1/measures/?scope=label:bug&period=2026-Q1").json()["figures"]

    assert {row["metric"]: row["value"] for row in told} == {
        key: one["value"] for key, one in printed.items()
    }
    assert set(printed) == set(LABELED)


def test_a_label_that_is_not_there_is_refused(client, labeled):
    assert client.get("/api/v1/explore/?scope=label:none").status_code == 404
    with pytest.raises(CommandError, match="There is no 'label:none'"):
        call_command("metrics", "label:none")


def test_a_badge_of_a_label_whose_name_has_a_slash(client, labeled):
    assert client.get("/embed/badge/label:kind/新手/issues_new.svg").status_code == 200


def test_figures_of_labels_are_stored_nowhere(client, labeled):
    client.get("/labels/bug/")

    assert not Figure.objects.filter(scope="label").exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_queries_whatever_the_data(
    number, client, labeled, django_assert_max_num_queries
):
    for more in range(number):
        repository = factories.repository(factories.project(f"more-{more}"))
        ledger.quarter(repository)
    WorkItem.objects.update(labels=["bug"])
    ledger.settle_figures()
    cache.clear()

    with django_assert_max_num_queries(48):
        client.get("/labels/bug/?days=90")
