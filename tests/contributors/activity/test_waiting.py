"""What waits for an answer: which, since when, and by whom it is to be answered."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from community.jobs.registry import find
from community.people.erasure import erase_person
from community.people.models import Identity, Person
from community.projects.actions import change_project
from contributors.activity.ingest import ingest
from contributors.activity.models import Waiting
from tests import factories
from tests.factories.activity import START, actor, batch_of, contribution, hours, work_item
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db
PAGE = "/activity/waiting/"
API = "/api/v1/waiting/"


@pytest.fixture
def repository():
    return factories.repository(factories.project("atlas"), name="guild/atlas")


def take(repository, *records):
    ingest(repository=repository, batch=batch_of(*records), at=START)


def said(number, who, hour, kind="issue_comment"):
    name = f"{kind}-{number}-{who}-{hour}"
    return contribution(
        name, kind=kind, work_item=number, actor=actor(who), occurred_at=hours(hour)
    )


def request(number=1, **more):
    return work_item(number, kind="change_request", **more)


def person(number) -> Person:
    return Identity.objects.get(uid=str(number), provider="github").person


def lines(browser, query=""):
    answer = browser.get(f"{PAGE}{query}")
    assert answer.status_code == 200
    return answer.context["lines"]


def numbers(browser, query=""):
    return [line.item.number for line in lines(browser, query)]


def whom(browser, query=""):
    """By number: the role, the handles, and how many more."""
    return {
        line.item.number: (
            line.answerers.role,
            [one.handle for one in line.answerers.people],
            line.answerers.unnamed,
        )
        for line in lines(browser, query)
    }


def test_the_longest_waiting_stands_first_by_the_last_word(client, repository):
    take(repository, work_item(1), work_item(2, opened_at=hours(1)), said(1, 1, 9))

    found = lines(client)

    assert [line.item.number for line in found] == [2, 1]
    assert [line.item.waits_since for line in found] == [hours(1), hours(9)]


def test_nothing_waits_that_is_answered_closed_a_draft_or_by_a_bot(client, repository):
    repository.project.maintainers.add(factories.person("boss"))
    factories.identity(Person.objects.get(handle="boss"), uid="9")
    take(
        repository,
        work_item(1),
        said(1, 9, 1),
        work_item(2, state="closed", closed_at=hours(3)),
        request(3, is_draft=True),
        work_item(4, author=actor(7, login="ci[bot]", is_bot=True)),
        work_item(5),
        said(5, 9, 1),
        said(5, 3, 2),
    )

    assert numbers(client) == [5]


def test_a_word_under_another_account_of_the_author_answers_nothing(client, repository):
    take(repository, work_item(1), said(1, 2, 1))
    own, other = person(1), person(2)
    Identity.objects.filter(uid="2").update(person=own)
    find("activity.note_people").run(person_ids=[own.pk, other.pk])

    assert numbers(client) == [1]


def test_a_word_answers_from_when_on_its_author_looks_after_the_project(client, repository):
    take(repository, work_item(1), work_item(2), said(1, 5, 1), said(2, 6, 1))
    looked_after_by = ([], [person(6)], [person(5), person(6)], [])

    left = [numbers(client)]
    for people in looked_after_by[1:]:
        change_project(project=repository.project, actor=None, at=START, maintainers=people)
        find("activity.note_maintainers").run(project_id=repository.project_id)
        left.append(numbers(client))

    assert left == [[], [1], [], []]


def test_whoever_follows_what_waits_is_told_of_other_maintainers(repository, told):
    boss, project = factories.person("boss"), repository.project

    change_project(project=project, actor=None, at=START, maintainers=[boss])
    change_project(project=project, actor=None, at=START, maintainers=[boss])
    erase_person(person=boss, typed="boss", by=boss, at=START)

    assert told == 2 * [("projects.maintainers_changed", {"project_id": project.pk})]


@pytest.fixture
def told(monkeypatch):
    """What was published about maintainers."""
    found = []

    def note(topic, /, **facts):
        if topic == "projects.maintainers_changed":
            found.append((topic, facts))

    for place in ("community.projects.actions", "community.people.erasure"):
        monkeypatch.setattr(f"{place}.publish", note)
    return found


def test_what_waits_is_counted_for_each_reader(client, repository):
    hidden = factories.repository(repository.project, is_private=True)
    take(repository, work_item(1), work_item(2), work_item(3), said(3, 5, 1))
    take(hidden, work_item(4))

    counts = Waiting.objects.shown_to(AnonymousUser()).total(), Waiting.objects.total()

    assert counts == (2, 3)


def test_who_reviewed_answers_next_else_the_maintainers(client, repository):
    repository.project.maintainers.add(factories.person("boss"), factories.person("chief"))
    take(
        repository,
        request(1),
        said(1, 2, 1, "review"),
        said(1, 1, 2, "review_comment"),
        work_item(2, opened_at=hours(1)),
    )

    assert whom(client) == {
        1: ("reviewers", [person(2).handle], 0),
        2: ("maintainers", ["boss", "chief"], 0),
    }


def test_nobody_is_asked_to_answer_their_own(client, repository):
    take(repository, work_item(1))
    repository.project.maintainers.add(person(1))

    assert whom(client) == {1: ("", [], 0)}
    assert "nobody looks after it yet" in client.get(PAGE).text


def test_three_are_named_and_the_others_counted(client, repository):
    names = ["ann", "ben", "cem", "dee", "eli"]
    repository.project.maintainers.add(*map(factories.person, names))
    take(repository, work_item(1))

    assert whom(client) == {1: ("maintainers", names[:3], 2)}
    assert "and 2 more" in client.get(PAGE).text


def test_a_reviewer_who_hides_what_they_do_is_counted_but_not_named(
    client, maintainer_client, repository
):
    take(repository, request(1), said(1, 2, 1, "review"), said(1, 1, 2))
    reviewer = person(2)
    Person.objects.filter(pk=reviewer.pk).update(visibility={"activity": "hidden"})

    assert whom(client) == {1: ("reviewers", [], 1)}
    assert (
        numbers(client, f"?who={reviewer.handle}"),
        reviewer.handle in client.get(PAGE).text,
    ) == (
        [],
        False,
    )
    assert whom(maintainer_client) == {1: ("reviewers", [reviewer.handle], 0)}
    assert numbers(maintainer_client, f"?who={reviewer.handle}") == [1]


def test_an_author_who_hides_what_they_do_is_not_named(client, maintainer, repository):
    take(repository, work_item(1, title="Ada was here"))
    Person.objects.filter(pk=person(1).pk).update(visibility={"activity": "hidden"})

    row = client.get(API).json()["results"][0]["item"]
    seen = client.get(API, headers=bearer(maintainer)).json()["results"][0]["item"]

    assert "Ada was here" not in client.get(PAGE).text
    assert (row["title"], row["author"]) == ("", None)
    assert (seen["title"], seen["author"]) == ("Ada was here", person(1).handle)


def test_a_private_repository_waits_for_those_alone_who_may_know_of_it(
    client, maintainer_client, repository
):
    take(repository, work_item(1))
    type(repository).objects.update(is_private=True)

    assert (numbers(client), numbers(maintainer_client)) == ([], [1])
    assert client.get(API).json()["count"] == 0


def test_the_list_is_narrowed_by_project_kind_and_who_is_to_answer(client, repository, member):
    repository.project.maintainers.add(member)
    other = factories.repository(factories.project("lantern"))
    take(repository, work_item(1), request(2, opened_at=hours(1)))
    take(other, work_item(3, opened_at=hours(2)))
    take(repository, request(4, opened_at=hours(3)), said(4, 5, 4, "review"))

    assert numbers(client) == [1, 2, 3, 4]
    assert numbers(client, "?project=lantern") == [3]
    assert numbers(client, "?kind=change_request") == [2, 4]
    assert numbers(client, "?who=mira") == [1, 2]
    assert numbers(client, f"?who={person(5).handle}") == [4]
    assert numbers(client, "?who=nobody") == []
    assert numbers(client, "?kind=x&age=y&project=") == [1, 2, 3, 4]


def test_the_list_is_narrowed_by_how_long_it_waits(client, repository):
    now = timezone.now()
    take(
        repository,
        work_item(1, opened_at=now - timedelta(days=40)),
        work_item(2, opened_at=now - timedelta(days=8)),
        work_item(3, opened_at=now - timedelta(days=1)),
    )

    found = [numbers(client, f"?age={days}") for days in ("", "7", "30", "90")]

    assert found == [[1, 2, 3], [1, 2], [1], []]


def test_who_is_signed_in_finds_what_waits_for_them(member_client, repository, member):
    repository.project.maintainers.add(member)
    take(repository, work_item(1))

    assert "?who=mira" in member_client.get(PAGE).text
    answer = member_client.get(f"{PAGE}?who=mira")
    assert (answer.context["is_mine"], "Only for me" in answer.text) == (True, False)


def test_the_front_page_says_by_whom(client, repository):
    from contributors.metrics.actions import rebuild_figures

    repository.project.maintainers.add(factories.person("boss"))
    take(repository, work_item(1), said(1, 1, 1), contribution("own", kind="issue", work_item=1))
    rebuild_figures(at=hours(48))

    for path, query in (("/", ""), ("/projects/atlas/activity/", "?project=atlas")):
        waiting = client.get(path).context["waiting"]
        shown = [
            (item.number, [one.handle for one in who.people]) for item, who in waiting["lines"]
        ]
        assert shown == [(1, ["boss"])]
        assert waiting["url"] == f"{PAGE}{query}"


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_costs_the_same_queries_whatever_the_rows(
    size, client, repository, django_assert_num_queries
):
    repository.project.maintainers.add(factories.person("boss"))
    for number in range(size):
        take(repository, request(number + 1, author=actor(10 + number)))
        take(
            repository, said(number + 1, 20 + number, 1, "review"), said(number + 1, 10 + number, 2)
        )

    with django_assert_num_queries(5):
        assert len(lines(client)) == size


def test_the_api_tells_since_when_and_by_whom(client, repository):
    repository.project.maintainers.add(factories.person("boss"))
    take(repository, work_item(1), said(1, 1, 5))

    row = client.get(API).json()["results"][0]

    assert row["waits_since"] == hours(5).isoformat().replace("+00:00", "Z")
    assert row["answerers"] == {"role": "maintainers", "people": ["boss"], "unnamed": 0}
    assert row["item"]["number"] == 1
