"""The rows behind the figures: filtered, apart, exported, and no more shown than allowed."""

import csv
import io
import json
from datetime import date
from zipfile import ZipFile

import pytest
from django.urls import reverse

from community.jobs.registry import find
from community.lib.refusals import Sentence
from community.people.models import Person
from contributors.activity.exports import inert
from contributors.activity.ingest import ingest, record_completeness
from contributors.activity.models import Contribution
from contributors.activity.records import CompletenessRecord
from tests import factories
from tests.factories.activity import START, actor, batch_of, contribution, hours, work_item

pytestmark = pytest.mark.django_db
ROWS = "/activity/"
WORK = "/activity/work/"


@pytest.fixture
def repository():
    project = factories.project("door")
    return factories.repository(project, name="guild/door")


def take(repository, *records):
    ingest(repository=repository, batch=batch_of(*records), at=START)


def shown(client, address):
    """The kinds and people of the rows on a page."""
    page = client.get(address).context["page"]
    return [(row.kind, row.identity.login if row.identity else None) for row in page]


def numbers(client, address):
    return [row.number for row in client.get(address).context["page"]]


@pytest.fixture
def busy(repository):
    take(
        repository,
        contribution("a", actor=actor(1), occurred_at=hours(0)),
        contribution("b", actor=actor(2), kind="commit", occurred_at=hours(24), lines_added=3),
        contribution("c", actor=None, kind="review", occurred_at=hours(48)),
        contribution("d", actor=actor(9, login="ci[bot]"), occurred_at=hours(72)),
    )
    return repository


def test_the_newest_come_first_and_bots_stand_apart(client, busy):
    assert shown(client, ROWS) == [
        ("review", None),
        ("commit", "user-2"),
        ("issue_comment", "user-1"),
    ]
    assert shown(client, f"{ROWS}?bots=only") == [("issue_comment", "ci[bot]")]
    assert len(shown(client, f"{ROWS}?bots=all")) == 4


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=commit", ["user-2"]),
        ("person=USER-1", ["user-1"]),
        ("person=nobody", []),
        ("from=2026-03-02&to=2026-03-03", ["user-2"]),
        ("to=2026-03-02", ["user-1"]),
        ("project=door&kind=commit", ["user-2"]),
        ("project=window", []),
        ("repository=guild/door&kind=commit", ["user-2"]),
        ("repository=999999999999999999999", []),
        ("kind=nonsense&from=yesterday", [None, "user-2", "user-1"]),
        ("project=%00&page=-7", [None, "user-2", "user-1"]),
    ],
)
def test_filters_leave_what_was_asked_for(client, busy, query, expected):
    assert [who for _, who in shown(client, f"{ROWS}?{query}")] == expected


def test_a_repository_is_found_by_its_number(client, busy):
    assert len(shown(client, f"{ROWS}?repository={busy.pk}")) == 3


@pytest.mark.parametrize(
    "query", ["", "kind=commit", "bots=all", "from=2026-03-02", "project=door"]
)
def test_the_number_of_rows_is_right_though_it_comes_from_day_counts(client, busy, query):
    page = client.get(f"{ROWS}?{query}").context["page"]

    assert page.paginator.count == len(page)


@pytest.mark.parametrize("address", [ROWS, WORK, f"{WORK}?waiting=1", f"{ROWS}?kind=commit"])
def test_a_page_without_rows_says_so(client, db, address):
    answer = client.get(address)

    assert answer.status_code == 200
    assert b'class="empty"' in answer.content


def hide(login):
    person = Person.objects.get(identities__login=login)
    person.visibility = {"activity": "hidden"}
    person.save()
    return person


def test_people_who_do_not_show_what_they_do_are_not_named(client, busy):
    take(busy, contribution("t", actor=actor(1), title="A telling title", occurred_at=hours(99)))
    hide("user-1")

    page = client.get(ROWS).content.decode()
    alone = shown(client, f"{ROWS}?person=user-1")
    as_json = json.loads(b"".join(client.get(f"{ROWS}?format=json")))

    assert "user-1" not in page
    assert "A telling title" not in page
    assert alone == []
    assert [row["person"] for row in as_json] == ["", None, "user-2", ""]
    assert "telling" not in json.dumps(as_json)


def test_maintainers_and_the_person_see_what_others_do_not(client, busy, maintainer_client):
    person = hide("user-1")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")

    for browser in (client, maintainer_client):
        assert shown(browser, f"{ROWS}?person=user-1") == [("issue_comment", "user-1")]


@pytest.mark.parametrize("size", [1, 3])
def test_contributions_cost_few_queries_whatever_their_number(
    client, repository, size, django_assert_max_num_queries
):
    for n in range(size):
        take(repository, contribution(f"x{n}", actor=actor(n), work_item=n), work_item(n))

    with django_assert_max_num_queries(5):
        assert len(client.get(ROWS).context["lines"]) == size


@pytest.mark.parametrize("size", [1, 3])
def test_work_items_cost_few_queries_whatever_their_number(
    client, repository, size, django_assert_max_num_queries
):
    for n in range(size):
        take(repository, work_item(n, author=actor(n)))

    with django_assert_max_num_queries(4):
        assert len(client.get(WORK).context["lines"]) == size


@pytest.fixture
def asked(repository):
    take(
        repository,
        work_item(1, opened_at=hours(1)),
        work_item(2, kind="change_request", opened_at=hours(2), is_draft=True),
        work_item(
            3,
            kind="change_request",
            author=actor(2),
            state="merged",
            opened_at=hours(3),
            closed_at=hours(100),
            merged_at=hours(100),
        ),
        work_item(4, author=actor(9, login="ci[bot]"), opened_at=hours(4)),
        work_item(5, opened_at=hours(5), state="closed", closed_at=hours(60)),
    )
    return repository


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [5, 3, 2, 1]),
        ("bots=only", [4]),
        ("kind=issue", [5, 1]),
        ("state=merged", [3]),
        ("author=user-2", [3]),
        ("person=user-2", [3]),
        ("by=closed&from=2026-03-05", [3]),
        ("by=merged&to=2026-04-01", [3]),
        ("from=2026-03-02", []),
        ("waiting=1", [1]),
    ],
)
def test_work_items_are_filtered(client, asked, query, expected):
    assert numbers(client, f"{WORK}?{query}") == expected


def reply(number, who, hour):
    return contribution(
        f"r{number}-{hour}", work_item=number, actor=actor(who), occurred_at=hours(hour)
    )


def test_without_known_maintainers_anybody_but_the_author_answers(client, repository):
    take(repository, work_item(1), work_item(2), work_item(3))
    take(repository, reply(1, 5, 1), reply(2, 5, 1), reply(2, 1, 2))

    assert numbers(client, f"{WORK}?waiting=1") == [2, 3]


def test_where_there_are_maintainers_only_their_word_answers(client, repository):
    take(repository, work_item(1), work_item(2), reply(1, 5, 1), reply(2, 6, 1))
    repository.project.maintainers.add(Person.objects.get(identities__login="user-6"))
    find("activity.note_maintainers").run(project_id=repository.project_id)

    assert numbers(client, f"{WORK}?waiting=1") == [1]


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =cmd|' /C calc'!A0", "＝1", "|x"]
)
def test_no_spreadsheet_takes_a_cell_for_a_formula(cell):
    assert inert(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "plain", "a=b", 5, -3, None, True])
def test_plain_cells_stay_as_they_are(cell):
    assert inert(cell) == cell


def test_rows_come_as_csv_with_the_filters_of_the_page(client, repository):
    take(
        repository,
        contribution("a", kind="commit", title="=HYPERLINK(1)", lines_removed=2, work_item=7),
        contribution("b", kind="review"),
    )

    answer = client.get(f"{ROWS}?format=csv&kind=commit")

    (row,) = csv.DictReader(io.StringIO(b"".join(answer).decode()))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert (row["title"], row["person"], row["lines_removed"], row["work_item"]) == (
        "'=HYPERLINK(1)",
        "user-1",
        "2",
        "7",
    )
    assert row["occurred_at"] == "2026-03-01T09:00:00+00:00"


@pytest.mark.parametrize(("address", "count"), [(WORK, 4), (f"{WORK}?kind=issue", 2)])
def test_work_items_come_as_json(client, asked, address, count):
    joint = "&" if "?" in address else "?"

    rows = json.loads(b"".join(client.get(f"{address}{joint}format=json")))

    assert len(rows) == count
    assert rows[0]["repository"] == "guild/door"


def test_an_empty_export_is_still_a_list(client, db):
    assert json.loads(b"".join(client.get(f"{ROWS}?format=json"))) == []


def test_the_completeness_page_shows_each_day_and_why_something_is_missing(client, repository):
    record_completeness(
        repository=repository,
        records=[
            CompletenessRecord(date(2026, 3, 11), 4, 4),
            CompletenessRecord(date(2026, 3, 12), 1000, 999, Sentence("Rate limited until 10:40")),
            CompletenessRecord(date(2025, 12, 30), 3, 3),
        ],
        at=START,
    )

    answer = client.get(reverse("activity:completeness", args=[repository.pk]))

    march = answer.context["heat"][2]
    assert [(cell.level, cell.percent) for cell in march.cells[9:12]] == [
        (None, 0),
        (0, 100),
        (1, 99),
    ]
    assert answer.context["years"] == [2025, 2026]
    assert "Rate limited until 10:40" in answer.content.decode()
    assert ">100%" not in answer.content.decode()


def test_a_repository_that_was_never_read_has_no_completeness(client, repository):
    answer = client.get(reverse("activity:completeness", args=[repository.pk]))

    assert b'class="empty"' in answer.content
    assert client.get(reverse("activity:completeness", args=[0])).status_code == 404


def test_a_profile_shows_recent_contributions_unless_they_are_hidden(client, busy):
    address = Person.objects.get(identities__login="user-2").get_absolute_url()
    before = client.get(address).content.decode()
    hide("user-2")

    assert "Recent contributions" in before
    assert "Recent contributions" not in client.get(address).content.decode()


def test_the_zip_of_a_person_holds_what_they_did(busy):
    from community.people.exports import write_export

    person = Person.objects.get(identities__login="user-2")

    archive = ZipFile(write_export(person=person, at=START))

    rows = json.loads(archive.read("contributions.json"))
    assert [(row["kind"], row["lines_added"]) for row in rows] == [("commit", 3)]


@pytest.mark.parametrize("table", ["contribution", "workitem", "completeness"])
def test_the_back_office_shows_the_ledger_and_changes_nothing(client, busy, asked, table):
    root = Person.objects.create_superuser("root2", "x")
    client.force_login(root, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(f"/admin/activity/{table}/").status_code == 200
    assert client.get(f"/admin/activity/{table}/add/").status_code == 403


def test_the_newest_of_a_project_are_those_that_sorting_everything_finds(client, repository):
    project, other = repository.project, factories.repository()
    places = [repository, factories.repository(project), factories.repository(project)]
    hidden = factories.repository(project, is_private=True)
    for n in range(120):
        place = [*places, other, hidden][n % 5]
        take(place, contribution(f"x{n}", actor=actor(n % 4), occurred_at=hours(n // 3)))
    rows = Contribution.objects.filter(repository__in=places).order_by("-occurred_at", "-pk")

    pages = [
        client.get(f"{ROWS}?project={project.slug}&page={number}").context["page"]
        for number in (1, 2)
    ]

    assert [row.pk for page in pages for row in page] == [row.pk for row in rows]


@pytest.mark.parametrize("bots", ["", "only", "all"])
def test_what_a_page_counts_is_what_it_lists(client, repository, bots):
    other = factories.repository(repository.project, is_private=True)
    take(
        repository,
        contribution("a", actor=actor(1)),
        contribution("b", actor=actor(2, is_bot=True)),
        contribution("c", actor=None),
        contribution("d", kind="review", actor=actor(2, is_bot=True)),
    )
    take(other, contribution("e", actor=actor(1)), contribution("f", actor=actor(2, is_bot=True)))

    for more in ("", "&kind=review", f"&project={repository.project.slug}", "&from=2030-01-01"):
        page = client.get(f"{ROWS}?bots={bots}{more}").context["page"]

        assert page.paginator.count == len(list(page))
