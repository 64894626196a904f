"""Verbs on notices: tell, read, mail, and choose what comes by mail."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from community.audit.actions import record
from community.jobs.actions import enqueue
from community.jobs.leases import LeaseLost
from community.jobs.runner import confirm_lease
from community.lib.refusals import Sentence
from community.notifications.bulk import Made, insert_notices
from community.notifications.letters import address_of, spoken_to
from community.notifications.mail import message_of
from community.notifications.models import Notice, Preference
from community.notifications.rules import is_path_here
from community.notifications.topics import group_of, groups
from community.people.erasure import with_absorbed
from community.people.merging import became
from community.people.models import Person

TOLD_AT_ONCE = 5_000  # people; stays below the number of values SQLite takes in one statement
MAILED_AT_ONCE = 500  # mails of one job
KEPT_AFTER_READING = timedelta(days=180)


def notify(
    *, person: Person, topic: str, sentence: Sentence, url: str, key: str, at: datetime
) -> Notice | None:
    """Tell one person; what they were told before under this key is answered instead.

    None for whoever is suspended, erased or merged away. Raises what `notify_many` does.
    """
    notify_many(people_ids=[person.pk], topic=topic, sentence=sentence, url=url, key=key, at=at)
    return Notice.objects.filter(person=person, key=key).first()


@transaction.atomic
def notify_many(
    *, people_ids: Iterable[int], topic: str, sentence: Sentence, url: str, key: str, at: datetime
) -> int:
    """Tell each of these people once and say how many are new; mail follows by job.

    Costs one statement for 5,000 people and one for each job of 500 mails. People
    who are suspended, erased or merged away are left out. Raises KeyError for a
    topic nobody registered or a value that the sentence lacks, ValueError for an
    address elsewhere.
    """
    group_of(topic)
    str(sentence)  # what cannot be said is found here, not on somebody's page
    if not is_path_here(url):
        raise ValueError(f"{url!r} is no path of this site.")
    ids, made = sorted(set(people_ids)), Made()
    for start in range(0, len(ids), TOLD_AT_ONCE):
        people = Person.objects.reachable().filter(pk__in=ids[start : start + TOLD_AT_ONCE])
        made += insert_notices(people, topic=topic, sentence=sentence, url=url, key=key, at=at)
    waiting = [pk for pk, mail in made if mail == Notice.Mail.WAITING]
    for start in range(0, len(waiting), MAILED_AT_ONCE):
        enqueue("notifications.mail", notice_ids=waiting[start : start + MAILED_AT_ONCE])
    return len(made)


@transaction.atomic
def mark_read(*, notice: Notice, at: datetime) -> None:
    """Note that it was seen; the first time counts."""
    Notice.objects.unread().filter(pk=notice.pk).update(read_at=at)


@transaction.atomic
def mark_all_read(*, person: Person, at: datetime) -> int:
    """Note that everything was seen, and say how much was new."""
    return Notice.objects.filter(person=person).unread().update(read_at=at)


@transaction.atomic
def choose_mail(*, person: Person, groups_mailed: Collection[str], at: datetime) -> None:
    """Have exactly these groups by mail from now on."""
    names = [group.name for group, _ in groups()]
    Preference.objects.bulk_create(
        [Preference(person=person, group=name, is_mailed=name in groups_mailed) for name in names],
        update_conflicts=True,
        unique_fields=["person", "group"],
        update_fields=["is_mailed"],
    )
    kept = sorted(set(names) & set(groups_mailed))
    record(verb="notifications.chosen", subject=person, actor=person, at=at, groups=kept)


@transaction.atomic
def unsubscribe(*, person_id: int, group: str, at: datetime) -> None:
    """End the mails of one group, also those to whomever the person was merged into."""
    for person in Person.objects.filter(pk__in=became(person_id), erased_at=None).order_by("pk"):
        if group in Preference.objects.groups_mailed_to(person.pk):
            said = {"is_mailed": False}
            Preference.objects.update_or_create(person=person, group=group, defaults=said)
            record(verb="notifications.ended", subject=person, actor=person, at=at, group=group)


def mail_notices(*, notice_ids: Sequence[int], at: datetime) -> None:
    """Mail what of these waits, each once; one that fails does not stop the others.

    Raises what went wrong at the end, so that the job is tried anew for what is left.
    """
    waiting = list(Notice.objects.awaiting_mail().filter(pk__in=notice_ids))
    if not waiting:
        return
    faults = []
    with get_connection() as through:
        for notice in waiting:
            try:
                send_notice(notice=notice, through=through, at=at)
            except LeaseLost:
                raise
            except Exception as fault:  # noqa: BLE001 - raised again when all had their turn
                faults.append(fault)
                through.close()  # the next one opens it anew
    if faults:
        raise ExceptionGroup("Not every mail left.", faults)


def send_notice(*, notice: Notice, through: BaseEmailBackend, at: datetime) -> None:
    """Hand one mail over once, or settle that it is not sent.

    It is marked as sent, and that is committed, before the mail server gets it: a
    second run finds the mark, whenever the first one died. Where the server
    refuses it the mark is taken away again.
    """
    group, state = group_of(notice.topic), Notice.Mail
    address = address_of(notice.person) if notice.person.is_reachable else ""
    if group.name not in Preference.objects.groups_mailed_to(notice.person_id):
        _settle(notice, state.NONE)
    elif not address:
        _settle(notice, state.WITHHELD)
    else:
        with spoken_to(notice.person):
            message = message_of(notice, group, address)
        message.connection = through
        if _settle(notice, state.SENT, at):
            try:
                message.send()
            except BaseException:
                Notice.objects.filter(pk=notice.pk).update(mail=state.WAITING, mailed_at=None)
                raise


@transaction.atomic
def _settle(notice: Notice, mail: Notice.Mail, mailed_at: datetime | None = None) -> bool:
    """Write what comes of a mail that still waits; False where another run was quicker."""
    confirm_lease()
    waiting = Notice.objects.filter(pk=notice.pk, mail=Notice.Mail.WAITING)
    return bool(waiting.update(mail=mail, mailed_at=mailed_at))


@transaction.atomic
def move_notices(*, kept_id: int, absorbed_id: int) -> None:
    """Have the person who stays keep what the one merged into them was told, each once.

    What both were told stays where it is. What was said about mail goes along
    where the person who stays said nothing.
    """
    if not Person.objects.filter(pk=absorbed_id, merged_into=kept_id).exists():
        return  # parted again meanwhile
    had = set(Notice.objects.filter(person=kept_id).values_list("key", flat=True))
    for one in Notice.objects.select_for_update().filter(person=absorbed_id).exclude(key__in=had):
        one.person_id, one.moved_from = kept_id, [*one.moved_from, absorbed_id]
        one.save(update_fields=["person", "moved_from"])
    said = Preference.objects.filter(person=absorbed_id).values_list("group", "is_mailed")
    Preference.objects.bulk_create(
        [Preference(person_id=kept_id, group=name, is_mailed=is_so) for name, is_so in said],
        ignore_conflicts=True,
    )


@transaction.atomic
def return_notices(*, person_ids: Collection[int]) -> None:
    """Give back what came with somebody who is a person of their own again."""
    apart = set(Person.objects.present().filter(pk__in=person_ids).values_list("pk", flat=True))
    moved = Notice.objects.select_for_update().filter(person__in=person_ids).exclude(moved_from=[])
    for one in moved:
        *earlier, owner = one.moved_from
        if owner in apart and owner != one.person_id:
            one.person_id, one.moved_from = owner, earlier
            one.save(update_fields=["person", "moved_from"])


@transaction.atomic
def forget_person(*, person_id: int) -> None:
    """Take away what somebody who is erased, and who was merged into them, was told and said."""
    people = with_absorbed(person_id)
    Notice.objects.filter(person__in=people).delete()
    Preference.objects.filter(person__in=people).delete()


def prune_notices(*, at: datetime) -> None:
    """Delete what was read 180 days ago; what nobody read stays."""
    Notice.objects.read_before(at - KEPT_AFTER_READING).delete()
