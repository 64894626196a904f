"""Verbs on subscriptions to digests, and on the mails that follow from them."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from community.audit.actions import record
from community.jobs.actions import enqueue
from community.jobs.runner import confirm_lease
from community.notifications.letters import address_of, spoken_to
from community.people.erasure import with_absorbed
from community.people.models import Person
from community.projects.models import Project
from contributors.digests.contents import digest_of, known_of, place_of_project
from contributors.digests.editions import Edition, Length, last_over
from contributors.digests.mail import message_of
from contributors.digests.models import Mailing, Subscription
from contributors.digests.rules import why_not_subscribe
from contributors.metrics.wholeness import gap_of


@transaction.atomic
def choose_digests(
    *, person: Person, project: Project, lengths: Collection[Length], at: datetime
) -> None:
    """Have exactly these digests of a project by mail from now on. Raises `Refused`."""
    mine = Subscription.objects.of(person, project)
    new = set(lengths) - set(mine.values_list("length", flat=True))
    is_reader = person.has_perm("digests.read_digest", project)
    has_address = bool(address_of(person))
    refusal = why_not_subscribe(is_reader=is_reader, has_address=has_address)
    if new and refusal:
        raise refusal
    gone, _counts = mine.exclude(length__in=lengths).delete()
    for length in sorted(new):
        Subscription.objects.get_or_create(
            person=person, project=project, length=length, defaults={"since": at}
        )
    if new or gone:
        kept = sorted(length.value for length in lengths)
        record(verb="digests.chosen", subject=project, actor=person, at=at, lengths=kept)


@transaction.atomic
def unsubscribe(*, person_id: int, project_id: int, length: Length, at: datetime) -> None:
    """End one subscription; nothing happens where there is none.

    Of somebody who was merged away, that of the person they became ends as well.
    """
    wanted = Subscription.objects.meant_by(person_id, project_id, length)
    for one in wanted.select_related("person", "project"):
        end_subscription(subscription=one, at=at)


@transaction.atomic
def end_subscription(*, subscription: Subscription, at: datetime) -> None:
    """Send no more of these digests."""
    person, project, length = subscription.person, subscription.project, subscription.length
    subscription.delete()
    record(verb="digests.ended", subject=project, actor=person, at=at, length=length)


@transaction.atomic
def move_subscriptions(*, kept_id: int, absorbed_id: int) -> None:
    """Have the person who stays get what the one merged into them asked for, each once.

    What both asked for stays where it is: who was merged away gets no mail.
    """
    if not Person.objects.filter(pk=absorbed_id, merged_into=kept_id).exists():
        return  # parted again meanwhile
    had = set(Subscription.objects.filter(person=kept_id).values_list("project_id", "length"))
    for one in Subscription.objects.select_for_update().filter(person=absorbed_id):
        if (one.project_id, one.length) not in had:
            one.person_id, one.moved_from = kept_id, [*one.moved_from, absorbed_id]
            one.save(update_fields=["person", "moved_from"])


@transaction.atomic
def return_subscriptions(*, person_ids: Collection[int]) -> None:
    """Give back what came with somebody who is a person of their own again."""
    apart = set(
        Person.objects.filter(pk__in=person_ids, merged_into=None).values_list("pk", flat=True)
    )
    for one in Subscription.objects.select_for_update().filter(person__in=person_ids):
        *earlier, owner = one.moved_from or [one.person_id]
        if owner in apart and owner != one.person_id:
            one.person_id, one.moved_from = owner, earlier
            one.save(update_fields=["person", "moved_from"])


@transaction.atomic
def plan_mailings(*, at: datetime) -> None:
    """One mail and one job for each subscription whose period is over and settled."""
    for length in Length:
        edition = last_over(length, at.date())
        if not edition.is_told_at(at):
            continue
        wanted = Subscription.objects.of_readers().unserved(edition, Mailing.objects.all())
        ready: dict[int, bool] = {}
        for one in wanted.select_related("project").order_by("pk"):
            if one.project_id not in ready:
                ready[one.project_id] = _is_ready(one.project, edition, at)
            if ready[one.project_id]:
                _plan(one, edition, at)


def _is_ready(project: Project, edition: Edition, at: datetime) -> bool:
    """Whether the period is known, and complete or waited for."""
    extent = known_of(project)
    if extent is None or extent.end <= edition.start:
        return False
    place = place_of_project(project)
    return edition.may_lack(at) or gap_of(place, edition.window, None, at) is None


def _plan(subscription: Subscription, edition: Edition, at: datetime) -> None:
    Mailing.objects.get_or_create(
        person_id=subscription.person_id,
        project_id=subscription.project_id,
        length=edition.length,
        starts_on=edition.start,
        defaults={"planned_at": at},
    )
    person, project = subscription.person_id, subscription.project_id
    enqueue(
        "digests.send",
        unique_key=f"digests.send:{person}:{project}:{edition.name}",
        person_id=person,
        project_id=project,
        edition=edition.name,
    )


def send_mailing(*, mailing: Mailing, at: datetime) -> None:
    """Hand the mail over once, or settle that it is not sent.

    It is marked as sent, and that is committed, before the mail server gets it: a
    second run finds the mark, whenever the first one died. Where the server
    refuses it the mark is taken away again and the job is tried anew.
    """
    state = Mailing.State
    wished = Subscription.objects.of_readers().of(mailing.person, mailing.project)
    address = address_of(mailing.person)
    if not address or not wished.filter(length=mailing.length).exists():
        _settle(mailing, state.WITHHELD, at)
        return
    with spoken_to(mailing.person):
        digest = digest_of(mailing.project, mailing.edition, mailing.person, at.date())
        message = message_of(mailing, digest, address)
    if digest.is_silent:
        _settle(mailing, state.NOTHING, at)
    elif _settle(mailing, state.SENT, at):
        try:
            message.send()
        except BaseException:
            Mailing.objects.filter(pk=mailing.pk).update(state=state.WAITING, settled_at=None)
            raise


@transaction.atomic
def _settle(mailing: Mailing, state: Mailing.State, at: datetime) -> bool:
    """Write what comes of a mail that still waits; False where another run was quicker."""
    confirm_lease()
    waiting = Mailing.objects.waiting().filter(pk=mailing.pk)
    return bool(waiting.update(state=state, settled_at=at))


@transaction.atomic
def forget_person(*, person_id: int) -> None:
    """Take away what somebody who is erased, and who was merged into them, wanted and got."""
    people = with_absorbed(person_id)
    Subscription.objects.filter(person__in=people).delete()
    Mailing.objects.filter(person__in=people).delete()
