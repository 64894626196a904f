"""Digests by mail: to whom, what, and each once."""

import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from community.audit.models import Event
from community.jobs.leases import claim
from community.jobs.models import Job
from community.jobs.registry import find
from community.jobs.runner import execute
from community.lib.refusals import Refused
from community.people.erasure import erase_person
from community.people.exports import write_export
from community.people.models import Person
from contributors.activity.ingest import record_completeness
from contributors.activity.models import WorkItem
from contributors.activity.records import CompletenessRecord
from contributors.digests.actions import choose_digests, forget_person, plan_mailings
from contributors.digests.editions import Length
from contributors.digests.models import Mailing, Subscription
from contributors.metrics.actions import rebuild_figures
from tests import factories
from tests.contributors.digests.conftest import MONDAY, reader_of, wish
from tests.factories import ledger

pytestmark = pytest.mark.django_db


def sent(at=MONDAY) -> list[EmailMultiAlternatives]:
    """The mails of one round of planning and sending."""
    mail.outbox.clear()
    plan_mailings(at=at)
    run_jobs()
    return list(mail.outbox)


def run_jobs() -> None:
    for job in Job.objects.filter(task="digests.send", state="waiting").order_by("pk"):
        find(job.task).run(**job.arguments)


def link_in(message: EmailMultiAlternatives) -> str:
    return message.extra_headers["List-Unsubscribe"].strip("<>").partition("8000")[2]


def html_of(message: EmailMultiAlternatives) -> str:
    return message.alternatives[0].content


def test_a_maintainer_who_asked_gets_what_changed_with_links(olga, atlas):
    wish(olga, atlas)

    (message,) = sent()

    assert message.to == ["olga@example.com"]
    assert message.subject == "Atlas, digest: March 23, 2026 to March 29, 2026"
    assert "http://127.0.0.1:8000/projects/atlas/digest/2026-W13/" in message.body
    rows = "http://127.0.0.1:8000/activity/?project=atlas&from=2026-03-23&to=2026-03-30"
    assert f"Contributions: 6 (down from 7)\n  {rows}" in message.body
    assert rows.replace("&", "&amp;") in html_of(message)


def test_the_figures_of_the_mail_are_those_of_the_page(olga, atlas, hers):
    wish(olga, atlas)

    (message,) = sent()
    digest = hers.get("/projects/atlas/digest/2026-W13/").context["digest"]

    told = dict(re.findall(r"^(\w[\w ]+): (\S+)", message.body, re.MULTILINE))
    shown = {str(one.label): one.value or "–" for one in digest.figures}
    assert shown.items() <= told.items()


def test_the_mail_speaks_the_language_of_its_reader(atlas):
    for handle, language in (("ada", "zh-hans"), ("bob", "en")):
        wish(reader_of(atlas, handle, interface_language=language), atlas)

    chinese, english = sorted(sent(), key=lambda one: one.to)

    assert "贡献" in chinese.body
    assert 'lang="zh-hans"' in html_of(chinese)
    assert "Contributions" in english.body


def test_each_period_is_mailed_once_however_often_the_jobs_run(olga, atlas):
    wish(olga, atlas)

    first = sent()
    plan_mailings(at=MONDAY + timedelta(hours=1))
    Job.objects.update(state="waiting")
    run_jobs()

    assert (len(first), len(mail.outbox)) == (1, 1)
    assert Mailing.objects.count() == 1


def test_a_worker_that_dies_after_the_mail_left_sends_no_second_one(olga, atlas, monkeypatch):
    wish(olga, atlas)
    wish(reader_of(atlas, "bob"), atlas)
    plan_mailings(at=MONDAY)
    first, _other = Job.objects.filter(task="digests.send").order_by("pk")

    find(first.task).run(**first.arguments)  # and dies before its job is marked as done
    run_jobs()

    assert sorted(to for one in mail.outbox for to in one.to) == [
        "bob@example.com",
        "olga@example.com",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_worker_sends_it_outside_of_any_other_transaction(olga, atlas):
    wish(olga, atlas)
    plan_mailings(at=MONDAY)
    job = Job.objects.get(task="digests.send")

    execute(claim(worker="w", at=MONDAY, only=job.pk))
    job.refresh_from_db()

    assert (len(mail.outbox), job.state) == (1, "done")


def test_a_mail_that_the_server_refuses_is_tried_again_under_the_same_id(olga, atlas, monkeypatch):
    wish(olga, atlas)
    tried = []

    def refuse(message, *_, **__):
        tried.append(message.extra_headers["Message-ID"])
        raise OSError("no route to host")

    with monkeypatch.context() as patch:
        patch.setattr(EmailMultiAlternatives, "send", refuse)
        plan_mailings(at=MONDAY)
        with pytest.raises(OSError, match="no route"):
            run_jobs()
    run_jobs()

    assert [one.extra_headers["Message-ID"] for one in mail.outbox] == tried
    assert Mailing.objects.get().state == "sent"


@pytest.mark.parametrize("length", ["week", "month"])
def test_nothing_is_sent_when_there_is_nothing_to_say(olga, atlas, length, time_machine):
    at = MONDAY.replace(month=8, day=3)  # a Monday, months after anything happened
    elsewhere = factories.repository()
    ledger.fill(elsewhere, ledger.act("far", 5, at.date()))
    rebuild_figures(at=at)
    time_machine.move_to(at, tick=False)
    wish(olga, atlas, length)

    assert sent(at) == []
    assert Mailing.objects.get().state == "nothing"


def test_what_lacks_is_waited_for_two_days_and_then_told(olga, atlas):
    wish(olga, atlas)
    record = CompletenessRecord(MONDAY.date() - timedelta(days=3), 9, 1)
    record_completeness(repository=atlas.repositories.get(), records=[record], at=MONDAY)

    early = sent(MONDAY + timedelta(hours=30))
    (late,) = sent(MONDAY + timedelta(hours=41))

    assert early == []
    assert "/activity/completeness/?project=atlas&from=2026-03-23&to=2026-03-30" in late.body


def test_of_a_period_in_which_nobody_looked_nothing_is_sent(olga, atlas):
    wish(olga, atlas)

    assert sent(MONDAY + timedelta(days=14)) == []
    assert Mailing.objects.count() == 0


def test_nobody_gets_a_mail_who_did_not_ask_or_asked_after_the_period(olga, atlas):
    reader_of(atlas, "bob")
    wish(olga, atlas, since=MONDAY)

    assert sent() == []


@pytest.mark.parametrize("why", ["not_maintainer", "suspended", "merged", "unconfirmed", "ended"])
def test_who_may_not_read_it_any_more_gets_none(olga, atlas, why):
    subscription = wish(olga, atlas)
    plan_mailings(at=MONDAY)
    if why == "not_maintainer":
        atlas.maintainers.clear()
    elif why == "unconfirmed":
        olga.emailaddress_set.update(verified=False)
    elif why == "ended":
        subscription.delete()
    else:
        changed = {"is_active": False} if why == "suspended" else {"merged_into": atlas_person()}
        Person.objects.filter(pk=olga.pk).update(**changed)

    run_jobs()

    assert mail.outbox == []
    assert Mailing.objects.get().state == "withheld"


def atlas_person() -> Person:
    return factories.person("kept")


def test_hidden_people_are_named_to_nobody_who_may_not_see_them(olga, atlas, maintainer):
    wish(olga, atlas)
    item = WorkItem.objects.waiting().order_by("opened_at", "pk").first()
    Person.objects.filter(pk=item.author.person.pk).update(visibility={"activity": "hidden"})

    (message,) = sent()

    assert item.title not in message.body + html_of(message)
    assert str(item.author.person) not in message.body + html_of(message)


def test_titles_of_strangers_are_text(olga, atlas):
    wish(olga, atlas)
    WorkItem.objects.update(title="<script>x</script> & more")

    (message,) = sent()

    assert "<script>x</script> & more" in message.body
    assert "<script>" not in html_of(message)


def test_one_click_ends_the_mails_without_a_session(olga, atlas):
    wish(olga, atlas)
    wish(olga, atlas, "month")
    (message,) = sent()
    link, stranger = link_in(message), Client(enforce_csrf_checks=True)

    looked = stranger.get(link)
    after_looking = Subscription.objects.count()
    clicked = stranger.post(link, {"List-Unsubscribe": "One-Click"})
    again = stranger.post(link)

    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (looked.status_code, after_looking) == (200, 2)
    assert (clicked.status_code, again.status_code) == (200, 200)
    assert [one.length for one in Subscription.objects.all()] == ["month"]
    assert Event.objects.filter(verb="digests.ended").count() == 1
    assert "olga" not in looked.text


@pytest.mark.parametrize("token", ["x", "WzEsMSwid2VlayJd:x:y"])
def test_a_link_that_we_did_not_write_ends_nothing(token, olga, atlas, client):
    wish(olga, atlas)

    assert client.post(f"/digests/stop/{token}/").status_code == 404
    assert Subscription.objects.count() == 1


def test_without_a_confirmed_address_nothing_can_be_asked_for(olga, atlas):
    olga.emailaddress_set.update(verified=False)

    with pytest.raises(Refused) as refusal:
        choose_digests(person=olga, project=atlas, lengths=[Length.WEEK], at=MONDAY)

    assert refusal.value.code == "no_address"


def test_a_stranger_asks_for_no_digest(atlas, member):
    with pytest.raises(Refused) as refusal:
        choose_digests(person=member, project=atlas, lengths=[Length.WEEK], at=MONDAY)

    assert refusal.value.code == "not_maintainer"


def test_subscriptions_are_part_of_the_export_and_erased_with_the_person(olga, atlas):
    from zipfile import ZipFile

    wish(olga, atlas)
    sent()
    with ZipFile(write_export(person=olga, at=MONDAY)) as archive:
        wanted = json.loads(archive.read("digest_subscriptions.json"))
        mailed = json.loads(archive.read("digest_mails.json"))
    erase_person(person=olga, typed="olga", by=olga, at=MONDAY)
    for job in Job.objects.filter(task="digests.forget"):
        find(job.task).run(**job.arguments)

    assert [one["length"] for one in wanted] == ["week"]
    assert [(one["starts_on"], one["state"]) for one in mailed] == [("2026-03-23", "sent")]
    assert (Subscription.objects.count(), Mailing.objects.count()) == (0, 0)


def test_what_a_merged_record_wanted_goes_with_the_person_who_is_erased(olga, atlas):
    wish(factories.person("old", merged_into=olga), atlas)

    forget_person(person_id=olga.pk)

    assert Subscription.objects.count() == 0


def test_newcomers_are_greeted_by_name(olga, atlas):
    newcomer = factories.identity(provider="github", uid="77").person
    ledger.fill(atlas.repositories.get(), ledger.act("first", 77, MONDAY.date()))
    rebuild_figures(at=MONDAY)
    wish(olga, atlas, "month")

    (message,) = sent(MONDAY.replace(month=4, day=1))

    assert f"New here\n- {newcomer}: http" in message.body
