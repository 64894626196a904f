"""What maintainers see of jobs, and what they can do about them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from community.audit.models import Event
from community.jobs.actions import drop_job, enqueue, run_again
from community.jobs.models import Job, WorkerBeat
from community.lib.refusals import Refused

pytestmark = pytest.mark.django_db
LIST = "/jobs/"


@pytest.fixture(autouse=True)
def tasks(register):
    register("test.one", lambda: None)
    register("test.two", lambda: None)


def job(**fields) -> Job:
    made = enqueue(fields.pop("task", "test.one"))
    Job.objects.filter(pk=made.pk).update(**fields)
    made.refresh_from_db()
    return made


def listed(response) -> list[int]:
    return [one.pk for one in response.context["page"]]


@pytest.mark.parametrize("path", ["", "1/", "1/drop/"])
def test_a_visitor_is_sent_to_sign_in(client, path):
    response = client.get(LIST + path)

    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("path", ["", "1/", "1/drop/"])
def test_a_member_is_refused(member_client, path):
    assert member_client.get(LIST + path).status_code == 403


@pytest.mark.parametrize("path", ["run-again/", "drop/"])
def test_a_member_cannot_steer_a_job(member_client, path):
    parked = job(state="parked")

    assert member_client.post(f"{LIST}{parked.pk}/{path}").status_code == 403
    assert Job.objects.get().state == "parked"


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(
    maintainer_client, size, django_assert_num_queries
):
    for _ in range(size):
        job()

    with django_assert_num_queries(7):
        response = maintainer_client.get(LIST)

    assert len(listed(response)) == size


def test_failures_come_first(maintainer_client):
    failing = job(error="ValueError")
    waiting = job()
    parked = job(state="parked", finished_at=timezone.now())
    running = job(state="running", started_at=timezone.now())
    done = job(state="done", finished_at=timezone.now())

    response = maintainer_client.get(LIST)

    assert listed(response) == [parked.pk, running.pk, failing.pk, waiting.pk, done.pk]


def test_filters_by_state_and_task(maintainer_client):
    one = job(state="parked", finished_at=timezone.now())
    job()
    job(task="test.two", state="parked", finished_at=timezone.now())

    response = maintainer_client.get(LIST, {"state": "parked", "task": "test.one"})

    assert listed(response) == [one.pk]
    assert [(s.value, s.count) for s in response.context["states"]] == [
        ("waiting", 1),
        ("running", 0),
        ("done", 0),
        ("parked", 1),
        ("dropped", 0),
    ]


def test_an_unknown_filter_is_ignored(maintainer_client):
    one = job()

    response = maintainer_client.get(LIST, {"state": "\0", "task": "nothing"})

    assert listed(response) == [one.pk]


def test_htmx_gets_the_table_alone(maintainer_client):
    response = maintainer_client.get(LIST, headers={"HX-Request": "true"})

    assert response.content.strip().startswith(b'<div id="jobs"')


@pytest.mark.parametrize(
    ("age", "sentence"),
    [
        (None, "No worker has run yet."),
        (timedelta(minutes=7), "No worker has run for 7 minutes."),
        (timedelta(minutes=1), None),
    ],
)
def test_silent_workers_are_shown(maintainer_client, age, sentence):
    if age:
        WorkerBeat.objects.create(worker="w", seen_at=timezone.now() - age)

    page = maintainer_client.get(LIST).content.decode()

    assert ("No worker has run" in page) is bool(sentence)
    assert (sentence or "Jobs") in page


def test_a_job_shows_its_traceback_and_arguments(maintainer_client):
    parked = job(
        state="parked",
        arguments={"person_id": 17},
        error="Traceback\n<b>ValueError</b>: poison",
        finished_at=timezone.now(),
    )

    page = maintainer_client.get(parked.get_absolute_url()).content.decode()

    assert "<code>person_id = 17</code>" in page
    assert "&lt;b&gt;ValueError&lt;/b&gt;: poison" in page


def test_a_parked_job_is_run_again(maintainer_client, maintainer):
    parked = job(state="parked", attempts=5, finished_at=timezone.now())

    maintainer_client.post(f"{LIST}{parked.pk}/run-again/")

    parked.refresh_from_db()
    event = Event.objects.get()
    assert (parked.state, parked.attempts, parked.finished_at) == ("waiting", 0, None)
    assert (event.verb, event.actor, event.subject) == (
        "jobs.run_again",
        maintainer,
        f"jobs.job:{parked.pk}",
    )


def test_a_job_is_dropped_after_a_question(maintainer_client):
    parked = job(state="parked", finished_at=timezone.now())
    question = maintainer_client.get(f"{LIST}{parked.pk}/drop/")

    maintainer_client.post(f"{LIST}{parked.pk}/drop/")

    parked.refresh_from_db()
    assert f"Drop test.one #{parked.pk}?" in question.content.decode()
    assert parked.state == "dropped"
    assert Event.objects.get().verb == "jobs.dropped"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"state": "running"}, "job_running"),
        ({"state": "done"}, "job_done"),
        ({"state": "waiting"}, "job_due"),
    ],
)
def test_a_job_that_needs_no_push_is_not_run_again(maintainer, fields, code):
    with pytest.raises(Refused) as refusal:
        run_again(job=job(**fields), actor=maintainer, at=timezone.now())

    assert refusal.value.code == code


@pytest.mark.parametrize("state", ["done", "dropped"])
def test_what_is_over_is_not_dropped(maintainer, state):
    with pytest.raises(Refused) as refusal:
        drop_job(job=job(state=state), actor=maintainer, at=timezone.now())

    assert refusal.value.code == "job_over"


def test_the_page_tells_why_a_button_does_nothing(maintainer_client):
    done = job(state="done", finished_at=timezone.now())

    page = maintainer_client.get(done.get_absolute_url()).content.decode()
    maintainer_client.post(f"{LIST}{done.pk}/run-again/")

    assert 'disabled title="This job is done."' in page
    assert Job.objects.get().state == "done"
