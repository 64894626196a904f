"""Notices by mail: to whom, what, and each once."""

import smtplib

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone

from community.audit.models import Event
from community.jobs.leases import claim
from community.jobs.models import Job
from community.jobs.registry import find
from community.jobs.runner import execute
from community.lib.refusals import Sentence
from community.notifications import actions
from community.notifications.actions import choose_mail, notify, notify_many, unsubscribe
from community.notifications.models import Notice, Preference
from community.people.models import Person
from tests import factories
from tests.community.notifications.conftest import reader, told
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


def run_jobs() -> None:
    for job in Job.objects.filter(task="notifications.mail").order_by("pk"):
        find(job.task).run(**job.arguments)


def mailed(*people: Person, **more) -> list[EmailMultiAlternatives]:
    notify_many(people_ids=[one.pk for one in people], **told(**more))
    run_jobs()
    return list(mail.outbox)


def states() -> list[str]:
    return list(Notice.objects.order_by("person__handle").values_list("mail", flat=True))


def html_of(message: EmailMultiAlternatives) -> str:
    return message.alternatives[0].content


def link_in(message: EmailMultiAlternatives) -> str:
    return message.extra_headers["List-Unsubscribe"].strip("<>").partition("8000")[2]


def test_the_mail_says_the_sentence_and_where_it_leads():
    (message,) = mailed(reader("ada"))

    row = Notice.objects.get()
    assert (message.to, message.subject) == (["ada@example.com"], "Voting in Seats has opened.")
    assert "Voting in Seats has opened.\nhttp://127.0.0.1:8000/criteria/voters/" in message.body
    assert "You get this from Guildhall. It belongs to: Elections." in message.body
    assert 'href="http://127.0.0.1:8000/criteria/voters/"' in html_of(message)
    assert (row.mail, row.mailed_at is None) == ("sent", False)


def test_the_mail_carries_the_headers_of_a_programs_mail():
    (message,) = mailed(reader("ada"))

    headers = message.extra_headers
    assert headers["Message-ID"] == f"<notice.{Notice.objects.get().pk}@127.0.0.1>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Id"] == "<notices.elections.127.0.0.1>"


def test_each_reader_is_spoken_to_in_their_language_and_zone():
    closes = Sentence("closes %(closes_at)s", {"closes_at": "2026-03-20T20:00:00+00:00"})
    chinese = reader("ada", interface_language="zh-hans", time_zone="Asia/Shanghai")

    first, second = mailed(chinese, reader("bob"), sentence=closes)

    assert (first.subject, second.subject) == (
        "closes 2026年3月21日 04:00 CST",
        "closes March 20, 2026 20:00 UTC",
    )
    assert 'lang="zh-hans"' in html_of(first)
    assert "Guildhall" in first.body
    assert "You get this" not in first.body


def test_what_somebody_wrote_is_text_in_the_mail_and_ends_no_header():
    (message,) = mailed(reader("ada"), ballot="<script>x</script>\r\nBcc: eve@example.com")

    assert message.subject == ("Voting in <script>x</script> Bcc: eve@example.com has opened.")
    assert "<script>" not in html_of(message)
    assert message.recipients() == ["ada@example.com"]


def test_however_often_the_job_runs_each_gets_one_mail():
    mailed(reader("ada"), reader("bob"))
    run_jobs()

    assert len(mail.outbox) == 2


@pytest.mark.django_db(transaction=True)
def test_a_worker_sends_them_outside_of_any_other_transaction():
    notify_many(people_ids=[reader("ada").pk, reader("bob").pk], **told())

    execute(claim(worker="w", at=timezone.now()))

    assert (len(mail.outbox), Job.objects.get().state) == (2, "done")


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_its_job_sends_nothing_more():
    notify(person=reader("ada"), **told())
    job = claim(worker="w", at=timezone.now())
    Job.objects.update(leased_by="another")

    execute(job)

    assert (mail.outbox, states()) == ([], ["waiting"])


def test_without_a_confirmed_address_it_is_withheld(member):
    member.emailaddress_set.create(email="mira@example.com", verified=False)

    assert mailed(member) == []
    assert states() == ["withheld"]


@pytest.mark.parametrize("change", [{"is_active": False}, {"erased_at": NOON}])
def test_who_left_before_the_mail_gets_none(change):
    person = reader("ada")
    notify(person=person, **told())
    Person.objects.filter(pk=person.pk).update(**change)

    run_jobs()

    assert (mail.outbox, states()) == ([], ["withheld"])


def test_who_wants_none_gets_none_also_when_they_said_so_after_it_was_told():
    quiet, late = reader("ada"), reader("bob")
    choose_mail(person=quiet, groups_mailed=[], at=NOON)
    notify_many(people_ids=[quiet.pk, late.pk], **told())
    choose_mail(person=late, groups_mailed=[], at=NOON)

    before = states()
    run_jobs()

    assert (before, states(), mail.outbox) == (["none", "waiting"], ["none", "none"], [])


def test_a_mail_that_is_refused_stops_no_other_and_is_tried_again(monkeypatch):
    send, refused = EmailMultiAlternatives.send, []

    def fail_for_ada(message, *arguments, **more):
        if message.to == ["ada@example.com"]:
            refused.append(message.extra_headers["Message-ID"])
            raise smtplib.SMTPRecipientsRefused({})
        return send(message, *arguments, **more)

    notify_many(people_ids=[reader(handle).pk for handle in ("ada", "bob")], **told())
    with monkeypatch.context() as patch:
        patch.setattr(EmailMultiAlternatives, "send", fail_for_ada)
        with pytest.raises(ExceptionGroup, match="Not every mail left"):
            run_jobs()
        between = states()
    run_jobs()

    assert (between, states()) == (["waiting", "sent"], ["sent", "sent"])
    assert [one.to[0] for one in mail.outbox] == ["bob@example.com", "ada@example.com"]
    assert mail.outbox[1].extra_headers["Message-ID"] == refused[0]


def test_when_the_mail_server_is_away_everything_waits(monkeypatch):
    def away(_backend):
        raise ConnectionRefusedError

    notify(person=reader("ada"), **told())
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.base.BaseEmailBackend.__enter__", away)
        with pytest.raises(ConnectionRefusedError):
            run_jobs()

    assert states() == ["waiting"]


def test_a_crowd_is_mailed_by_several_jobs(monkeypatch):
    monkeypatch.setattr(actions, "MAILED_AT_ONCE", 2)

    mailed(*(reader(f"reader-{number}") for number in range(5)))

    assert (Job.objects.count(), len(mail.outbox)) == (3, 5)


def test_one_click_ends_the_mails_of_the_group_without_a_session():
    person = reader("ada")
    (message,) = mailed(person)
    link, stranger = link_in(message), Client(enforce_csrf_checks=True)

    looked = stranger.get(link)
    after_looking = Preference.objects.groups_mailed_to(person.pk)
    clicked, again = (stranger.post(link, {"List-Unsubscribe": "One-Click"}) for _ in range(2))

    assert (looked.status_code, after_looking) == (200, ["elections"])
    assert (clicked.status_code, again.status_code) == (200, 200)
    assert Preference.objects.groups_mailed_to(person.pk) == []
    assert Event.objects.filter(verb="notifications.ended").count() == 1
    assert "ada" not in looked.text


@pytest.mark.parametrize("token", ["x", "WzEsImVsZWN0aW9ucyJd:x:y"])
def test_a_link_that_we_did_not_write_ends_nothing(token, client):
    assert client.post(f"/notices/stop/{token}/").status_code == 404
    assert Preference.objects.count() == 0


def test_the_link_in_an_old_mail_ends_those_to_whom_one_became(client):
    old, kept = reader("ada-old"), reader("ada")
    (message,) = mailed(old)
    Person.objects.filter(pk=old.pk).update(merged_into=kept)

    shown = client.get(link_in(message)).context["is_wanted"]
    client.post(link_in(message))

    assert (shown, Preference.objects.groups_mailed_to(kept.pk)) == (True, [])


def test_a_group_that_nobody_knows_any_more_ends_nothing():
    person = factories.person()

    unsubscribe(person_id=person.pk, group="former", at=NOON)

    assert Preference.objects.count() == 0
