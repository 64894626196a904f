"""A stored delivery brought into the ledger: the same mapping and upsert as polling."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import DataError, transaction
from django.utils.translation import gettext_noop as _

from community.jobs.actions import enqueue
from community.jobs.models import Job
from community.lib.refusals import NOTHING, Sentence
from community.lib.text import storable
from community.projects.models import Repository
from contributors.activity.ingest import ingest, mark_deleted
from contributors.activity.models import Contribution, WorkItem
from contributors.activity.settle import lock
from integrations.connections.deliveries import payload_of
from integrations.connections.hooksecrets import may_speak_of
from integrations.connections.models import Delivery, ExpectedItem, Hook, Source
from integrations.connections.querysets import SourceQuerySet
from integrations.connections.receiving import close_delivery
from integrations.github.events import Understood, understand
from integrations.github.lengths import note_departures
from integrations.github.mapping import SOURCE
from integrations.github.ordering import news_of

SLOT = timedelta(minutes=1)  # pushes within it ask for one run together
SETTLING = timedelta(minutes=1)
GIVEN_UP = _("Every try to apply it failed; the page of jobs tells why.")
State = Delivery.State


@transaction.atomic
def process_delivery(*, delivery: Delivery, at: datetime) -> None:
    """Apply a delivery that waits, once; what cannot be applied says why and stays."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.state != State.WAITING:
        return
    source = _sources([delivery.repository_external_id]).first()
    is_foreign = source is not None and not may_speak_of(delivery, source)
    if not is_foreign:
        _note_hook(delivery, at)
    try:
        payload = payload_of(delivery)
        understood = None if payload is None else understand(delivery.event, payload)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        close_delivery(delivery=delivery, state=State.FAILED, problem=_odd(error), at=at)
        return
    if understood is None:
        close_delivery(delivery=delivery, state=State.UNKNOWN, at=at)
        return
    if is_foreign:
        reason = Sentence(_("It was signed with the secret of another connection."))
        close_delivery(delivery=delivery, state=State.IGNORED, problem=reason, at=at)
        return
    others = _sources(understood.runs)
    ask_for_runs([one for one in others if may_speak_of(delivery, one)], at=at)
    try:
        with transaction.atomic():
            state, reason = _apply(delivery, source, understood, at)
    except (DataError, OverflowError, KeyError, TypeError, ValueError, AttributeError) as error:
        state, reason = State.FAILED, _odd(error)  # no other try would end better
    close_delivery(delivery=delivery, state=state, problem=reason, at=at)


@transaction.atomic
def close_stuck_deliveries(*, at: datetime) -> None:
    """Mark as failed what waits for a job that was given up, and have its repository read.

    From then on a maintainer sees it, and may have it processed again.
    """
    given_up = Job.objects.filter(
        task="github.process_delivery", state__in=[Job.State.PARKED, Job.State.DROPPED]
    )
    keys = {one["delivery_id"] for one in given_up.values_list("arguments", flat=True)}
    waiting = Delivery.objects.select_for_update().filter(pk__in=keys, state=State.WAITING)
    for delivery in waiting.filter(received_at__lt=at - SETTLING).order_by("pk"):
        if _is_tried(delivery):
            continue
        close_delivery(delivery=delivery, state=State.FAILED, problem=Sentence(GIVEN_UP), at=at)
        ask_for_runs(_sources([delivery.repository_external_id]), at=at)


def _is_tried(delivery: Delivery) -> bool:
    """Whether a job of it is still to run, as after it was asked for again."""
    return Job.objects.filter(
        task="github.process_delivery",
        arguments__delivery_id=delivery.pk,
        state__in=[Job.State.WAITING, Job.State.RUNNING],
    ).exists()


def _odd(error: Exception) -> Sentence:
    words = _("The payload is not as GitHub documents it: %(what)s")
    return Sentence(words, {"what": storable(f"{type(error).__name__}: {error}", 200)})


def _apply(
    delivery: Delivery, source: Source | None, understood: Understood, at: datetime
) -> tuple[Delivery.State, Sentence]:
    """Store what happened in the repository, found by its id whatever it is called now."""
    if not delivery.repository_external_id:
        return State.DONE, NOTHING
    if source is None:
        return State.IGNORED, Sentence(_("This repository is not connected."))
    if source.state == Source.State.PAUSED:
        return State.IGNORED, Sentence(_("This source was paused."))
    if _store(source, understood, delivery.received_at, at):
        ask_for_runs([source], at=at)
    return State.DONE, NOTHING


def _sources(external_ids: Iterable[str]) -> SourceQuerySet:
    """The sources of these repositories of GitHub."""
    return Source.objects.select_related("repository").filter(
        connector=SOURCE,
        repository__provider=SOURCE,
        repository__external_id__in=list(external_ids),
    )


def _store(source: Source, understood: Understood, told_at: datetime, at: datetime) -> bool:
    """Write what is news; answers whether GitHub has to be asked for the rest."""
    repository = source.repository
    # The source before its repository, as a reading locks them.
    Source.objects.select_for_update().only("pk").get(pk=source.pk)
    lock(repository)
    known_at = _known_at(repository, understood)
    news = news_of(repository, understood.batch)
    added = taken = 0
    if news.batch.work_items or news.batch.contributions:
        added = ingest(repository=repository, batch=news.batch, at=at).added
    note_departures(source=source, understood=understood, told_at=told_at)
    for kind, ids in understood.gone.items():
        taken += mark_deleted(
            repository=repository, kind=kind, external_ids=ids, at=understood.gone_at or at
        )
    if understood.shrinks:
        _shrink(source, understood, taken)
    else:
        _expect(source, understood, known_at, is_new=bool(added))
    # What was weighed before is no longer so.
    Source.objects.filter(pk=source.pk).update(weighed_at=None)
    if understood.new_name:
        _rename(source, understood.new_name)
    if understood.is_hidden:  # at once; that it is shown again only a reading may say
        Repository.objects.filter(pk=repository.pk).update(is_private=True)
    return understood.wants_run or news.is_contested


def _known_at(repository: Repository, understood: Understood) -> datetime | None:
    """How new the item is that we hold, before the delivery is stored."""
    if understood.expected is None:
        return None
    items = WorkItem.objects.filter(repository=repository, number=understood.expected.number)
    return items.values_list("updated_at", flat=True).first()


def _expect(
    source: Source, understood: Understood, known_at: datetime | None, *, is_new: bool
) -> None:
    """Let what should be there follow, unless we hold something as new already."""
    said = understood.expected
    if said is None or understood.said_at is None:
        return
    if known_at is not None and understood.said_at <= known_at:
        return
    held = ExpectedItem.objects.filter(source=source, number=said.number).first()
    row = held or ExpectedItem(source=source, number=said.number)
    row.opened_on = said.opened_on
    if understood.grows:
        before = getattr(row, understood.grows)
        setattr(row, understood.grows, _grown(source, understood, before, is_new=is_new))
    elif said.comments is not None:
        row.comments = said.comments
    row.save()


def _grown(
    source: Source, understood: Understood, before: int | None, *, is_new: bool
) -> int | None:
    """A count with one act more; the payload's own may be that before the act."""
    said = getattr(understood.expected, understood.grows)
    act = understood.batch.contributions[-1]
    if not Contribution.objects.present().filter(
        repository=source.repository, kind=act.kind, external_id=act.external_id
    ):  # deleted meanwhile, as another delivery told before
        said, is_new = said and said - 1, False
    after = None if before is None else before + is_new
    return max((count for count in (said, after) if count is not None), default=None)


def _shrink(source: Source, understood: Understood, taken: int) -> None:
    """Expect one less for what was deleted here, but never less than there is.

    A reading may have counted without it already, which changes no time.
    """
    said = understood.expected
    if said is None or not taken:
        return
    rows = ExpectedItem.objects.filter(source=source, number=said.number)
    count = rows.values_list(understood.shrinks, flat=True).first()
    if not count:
        return
    alive = Contribution.objects.present().filter(
        repository=source.repository, kind="issue_comment", work_item__number=said.number
    )
    rows.update(**{understood.shrinks: max(count - taken, alive.count())})


def _rename(source: Source, name: str) -> None:
    """Follow at once; the run that is asked for sees where it lives now."""
    Repository.objects.filter(pk=source.repository_id).update(name=name[:255])
    Source.objects.filter(pk=source.pk).update(location=name[:500])


def ask_for_runs(sources: Iterable[Source], *, at: datetime) -> None:
    """Have sources read soon: one run for everything that happens within a minute."""
    slot = int(at.timestamp() // SLOT.total_seconds()) + 1
    due = datetime.fromtimestamp(slot * SLOT.total_seconds(), tz=at.tzinfo)
    for source in sources:
        key = f"delivery:{source.pk}:{slot}"
        enqueue("connections.sync", run_at=due, unique_key=key, source_id=source.pk)


def _note_hook(delivery: Delivery, at: datetime) -> None:
    """Remember the hook it came by, whose record can be compared with ours."""
    if not delivery.hook_id:
        return
    about = "X-GitHub-Hook-Installation-Target"
    hook, made = Hook.objects.get_or_create(
        provider=delivery.provider,
        external_id=delivery.hook_id,
        defaults={
            "target": str(delivery.headers.get(f"{about}-Type", ""))[:20],
            "target_id": str(delivery.headers.get(f"{about}-ID", ""))[:40],
            "repository_external_id": delivery.repository_external_id,
            "first_seen_at": min(at, delivery.received_at),
        },
    )
    if not made and not hook.repository_external_id and delivery.repository_external_id:
        Hook.objects.filter(pk=hook.pk).update(
            repository_external_id=delivery.repository_external_id
        )
