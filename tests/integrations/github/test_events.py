"""What each event does to the ledger, whatever came before it or comes after."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from community.jobs.models import Job
from contributors.activity.models import Contribution, WorkItem
from integrations.connections.deliveries import payload_of
from integrations.connections.models import Delivery, ExpectedItem, Hook, Source
from integrations.github.applying import process_delivery
from integrations.github.events import EVENTS, understand
from integrations.github.payloads import read_payload
from tests import factories
from tests.factories import NOON
from tests.factories.connections import source
from tests.factories.deliveries import deliver
from tests.github_api.published import published
from tests.integrations.github.test_mapping import ADA, API, WEB, comment, issue, pull, review

pytestmark = pytest.mark.django_db
BOB = {"id": 8, "login": "bob", "type": "User"}
EARLY, LATER, LATEST = (f"2026-03-02T{hour}:00:00Z" for hour in (10, 11, 12))


@pytest.fixture
def of(db) -> Source:
    return source(connector="github")


def line(**more):
    return comment(pull_request_url=f"{API}/pulls/4", **more)


def release(**more):
    return {
        "id": 41,
        "tag_name": "v1",
        "name": "One",
        "html_url": f"{WEB}/releases/v1",
        "author": ADA,
        "draft": False,
        "created_at": "2026-03-01T10:00:00Z",
        "published_at": EARLY,
        **more,
    }


def come(of: Source, event: str, **payload) -> Delivery:
    """A delivery that is processed at once."""
    made = deliver(event, {"sender": ADA, **payload}, repository=of.repository)
    process_delivery(delivery=made, at=NOON)
    made.refresh_from_db()
    return made


def runs() -> int:
    """How many runs are asked for."""
    return Job.objects.filter(task="connections.sync").count()


def alive(kind: str) -> int:
    return Contribution.objects.present().filter(kind=kind).count()


OPENED = {"action": "opened", "issue": issue()}
STORED = {
    "issues": (OPENED, "issue"),
    "issue_comment": (
        {"action": "created", "issue": issue(), "comment": comment()},
        "issue_comment",
    ),
    "pull_request": ({"action": "opened", "pull_request": pull()}, "change_request"),
    "pull_request_review": (
        {"action": "submitted", "review": review(), "pull_request": pull(number=4)},
        "review",
    ),
    "pull_request_review_comment": (
        {"action": "created", "comment": line(), "pull_request": pull(number=4)},
        "review_comment",
    ),
    "release": ({"action": "published", "release": release()}, "release"),
}


@pytest.mark.parametrize("event", STORED)
def test_each_event_puts_its_act_into_the_ledger_once(of, event):
    payload, kind = STORED[event]

    states = {come(of, event, **payload).state for _each in range(2)}

    assert (states, alive(kind)) == ({"done"}, 1)


RUNS = {
    "create": {"ref": "v2", "ref_type": "tag"},
    "delete": {"ref": "old", "ref_type": "branch"},
    "label": {"action": "edited", "label": {"name": "bug"}},
    "milestone": {"action": "closed", "milestone": {"title": "Spring"}},
    "public": {},
    "push": {"ref": "refs/heads/main", "commits": []},
    "repository": {"action": "privatized"},
    "discussion": {"action": "created", "discussion": {"number": 9}},
}


@pytest.mark.parametrize("event", RUNS)
def test_what_only_a_reading_can_tell_asks_for_one_run_a_minute(of, event):
    states = {come(of, event, **RUNS[event]).state for _each in range(3)}

    job = Job.objects.get(task="connections.sync")
    assert (states, job.arguments) == ({"done"}, {"source_id": of.pk})
    assert job.run_at - NOON <= timedelta(minutes=1)


QUIET = {
    "ping": {"hook_id": 5, "zen": "Keep it simple."},
    "member": {"action": "added", "member": ADA},
    "meta": {"action": "deleted", "hook_id": 5},
}


@pytest.mark.parametrize("event", QUIET)
def test_what_changes_nothing_here_is_understood_all_the_same(of, event):
    assert (come(of, event, **QUIET[event]).state, runs()) == ("done", 0)


def test_an_app_that_lost_repositories_has_them_read_which_tells_what_is_left(of):
    removed = [{"id": int(of.repository.external_id)}, {"id": 999_999}]
    made = deliver(
        "installation_repositories",
        {"action": "removed", "installation": {"id": 1}, "repositories_removed": removed},
    )

    process_delivery(delivery=made, at=NOON)

    made.refresh_from_db()
    assert (made.state, runs()) == ("done", 1)


def test_every_event_we_say_we_know_is_tried_here():
    assert {*STORED, *RUNS, *QUIET, "installation", "installation_repositories"} == set(EVENTS)


def test_an_unknown_event_is_kept_and_counted(of):
    states = [come(of, "star", action="created").state, come(of, "sponsorship").state]

    assert states == ["unknown", "unknown"]
    assert Delivery.objects.counted()[0] == {"event": "sponsorship", "state": "unknown", "count": 1}


def test_a_repository_nobody_connected_is_ignored(db):
    made = deliver("issues", OPENED, repository=factories.repository())

    process_delivery(delivery=made, at=NOON)

    made.refresh_from_db()
    assert (made.state, str(made.problem)) == ("ignored", "This repository is not connected.")
    assert Contribution.objects.count() == 0


def test_a_paused_source_is_left_alone(of):
    Source.objects.update(state=Source.State.PAUSED)

    assert (come(of, "issues", **OPENED).state, alive("issue")) == ("ignored", 0)


def test_a_payload_that_is_not_as_documented_fails_with_a_sentence(of):
    made = come(of, "issues", action="opened", issue={"id": 3})

    assert (made.state, "KeyError" in str(made.problem)) == ("failed", True)


def test_a_repository_is_found_by_its_id_whatever_it_is_called(of):
    body = {**OPENED, "repository": {"id": int(of.repository.external_id), "full_name": "new/name"}}
    made = deliver("issues", body)

    process_delivery(delivery=made, at=NOON)

    assert alive("issue") == 1


def test_a_rename_is_followed_at_once(of):
    body = {"id": int(of.repository.external_id), "full_name": "guild/new-hall"}
    made = deliver("repository", {"action": "renamed", "repository": body})

    process_delivery(delivery=made, at=NOON)

    of.refresh_from_db()
    assert (of.location, of.repository.name, runs()) == ("guild/new-hall", "guild/new-hall", 1)


def test_a_repository_made_private_is_hidden_at_once_and_shown_again_by_a_reading_only(of):
    for action in ("privatized", "publicized"):
        come(of, "repository", action=action)

    of.repository.refresh_from_db()
    assert (of.repository.is_private, runs()) == (True, 1)


def test_an_older_edit_that_comes_later_changes_nothing(of):
    come(of, "issues", action="edited", issue=issue(title="New", updated_at=LATER))
    come(of, "issues", action="opened", issue=issue(title="Old", updated_at=EARLY))

    assert (WorkItem.objects.get().title, runs()) == ("New", 0)


def test_of_two_versions_of_one_second_the_first_stays_and_github_is_asked(of):
    come(of, "issues", action="labeled", issue=issue(title="One", updated_at=LATER))
    come(of, "issues", action="edited", issue=issue(title="Two", updated_at=LATER))

    assert (WorkItem.objects.get().title, runs()) == ("One", 1)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_dismissal_holds_in_either_order(of, order):
    both = [
        {"action": "submitted", "review": review(state="approved"), "pull_request": pull()},
        {"action": "dismissed", "review": review(state="dismissed"), "pull_request": pull()},
    ]

    for place in order:
        come(of, "pull_request_review", **both[place])

    assert Contribution.objects.get(kind="review").outcome == "dismissed"


DELETIONS = {
    "issue_comment": ("issue_comment", lambda **m: {"issue": issue(), "comment": comment(**m)}),
    "review_comment": (
        "pull_request_review_comment",
        lambda **m: {"pull_request": pull(), "comment": line(**m)},
    ),
    "release": ("release", lambda **m: {"release": release(**m)}),
    "issue": ("issues", lambda **m: {"issue": issue(**m)}),
}


@pytest.mark.parametrize("kind", DELETIONS)
def test_what_was_deleted_stays_so_until_something_newer_comes(of, kind):
    event, about = DELETIONS[kind]
    seen = []
    for action, at in (
        ("created", EARLY),
        ("deleted", LATER),
        ("edited", EARLY),
        ("edited", LATER),
        ("edited", LATEST),
    ):
        come(of, event, action=action, **about(updated_at=at))
        seen.append(alive(kind))

    assert seen == [1, 0, 0, 0, 1]


@pytest.mark.parametrize("kind", DELETIONS)
def test_a_deletion_that_comes_first_is_remembered(of, kind):
    event, about = DELETIONS[kind]

    come(of, event, action="deleted", **about(updated_at=LATER))
    come(of, event, action="edited", **about(updated_at=EARLY))

    assert alive(kind) == 0


def test_a_release_taken_back_is_gone(of):
    come(of, "release", action="published", release=release())
    come(of, "release", action="unpublished", release=release(draft=True, updated_at=LATER))

    assert alive("release") == 0


def test_a_transferred_issue_is_gone_here_and_its_new_home_is_read(of):
    there = source(connector="github", location="guild/barn")
    come(of, "issues", **OPENED)

    home = {"id": int(there.repository.external_id), "full_name": "guild/barn"}
    changes = {"new_issue": issue(id=99), "new_repository": home}
    come(of, "issues", action="transferred", issue=issue(), changes=changes)

    assert alive("issue") == 0
    assert Job.objects.get(task="connections.sync").arguments == {"source_id": there.pk}


def test_who_closed_is_the_sender_and_is_kept_when_later_deliveries_leave_it_out(of):
    closed = {"state": "closed", "closed_at": LATER}
    come(of, "issues", **OPENED)
    come(of, "issues", action="closed", issue=issue(updated_at=LATER, **closed), sender=BOB)
    come(of, "issues", action="locked", issue=issue(updated_at=LATEST, **closed))

    assert WorkItem.objects.get().closed_by.login == "bob"


def test_what_should_be_there_follows_and_an_older_count_does_not(of):
    def said(count: int, at: str, **more):
        about = issue(comments=count, updated_at=at)
        come(of, "issue_comment", issue=about, **more)
        return ExpectedItem.objects.get().comments

    come(of, "issues", action="opened", issue=issue(comments=0, updated_at="2026-03-02T09:00:00Z"))
    counts = [
        # The count of a payload may be that before its own comment.
        said(0, EARLY, action="created", comment=comment(id=21)),
        said(2, LATEST, action="created", comment=comment(id=23)),
        said(1, LATER, action="created", comment=comment(id=22)),
        said(3, LATEST, action="deleted", comment=comment(id=22)),
        said(3, LATEST, action="deleted", comment=comment(id=99)),
    ]

    assert counts == [1, 2, 2, 2, 2]


def test_the_cursor_is_moved_by_readings_alone(of):
    Source.objects.update(cursor={"issues": {"since": "x"}}, synced_at=NOON)

    for event, (payload, _kind) in STORED.items():
        come(of, event, **payload)

    of.refresh_from_db()
    assert (of.cursor, of.synced_at) == ({"issues": {"since": "x"}}, NOON)


def test_the_hook_a_delivery_came_by_is_remembered(of):
    come(of, "ping", **QUIET["ping"])
    come(of, "ping", **QUIET["ping"])

    hook = Hook.objects.get()
    assert (hook.external_id, hook.target) == ("4242", "repository")
    assert hook.repository_external_id == of.repository.external_id


def test_a_delivery_whose_body_was_dropped_cannot_be_applied_and_does_no_harm(of):
    made = deliver("issues", OPENED, repository=of.repository, packed_body=None)

    process_delivery(delivery=made, at=NOON)

    assert (payload_of(made), alive("issue")) == (None, 0)


def test_github_s_own_example_deliveries_are_all_understood_or_counted_as_unknown(db):
    examples = json.loads(published("webhooks-examples/api.github.com/index.json").read_text())
    known, unknown = Counter(), Counter()
    for event in examples:
        for payload in event["examples"]:
            body = json.dumps(payload).encode()
            read = read_payload(body, "application/json", event["name"])
            found = understand(event["name"], read)
            (unknown if found is None else known)[event["name"]] += 1

    documented = {event["name"] for event in examples}
    assert set(known) == set(EVENTS) & documented
    assert set(unknown) == documented - set(EVENTS)
    assert sum(known.values()) > 120


def test_github_s_own_example_deliveries_are_applied_without_an_error(db):
    examples = json.loads(published("webhooks-examples/api.github.com/index.json").read_text())
    at = timezone.now()
    for event in examples:
        for payload in event["examples"]:
            about = payload.get("repository") or {}
            if about.get("id") and event["name"] in EVENTS:
                repositories = {"external_id": str(about["id"]), "name": about["full_name"]}
                if not Source.objects.filter(repository__external_id=about["id"]).exists():
                    source(connector="github", repository=factories.repository(**repositories))
            process_delivery(delivery=deliver(event["name"], payload), at=at)

    states = Counter(Delivery.objects.values_list("state", flat=True))
    assert set(states) == {"done", "unknown"}
    kinds = set(Contribution.objects.values_list("kind", flat=True))
    assert kinds == {kind for _payload, kind in STORED.values()}
