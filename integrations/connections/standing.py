"""How each repository stands at its source: read, short of something, or left alone."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from community.lib.refusals import Sentence
from community.people.bulk import among
from contributors.activity.standing import OpenReason, Standing
from integrations.connections.models import PHASES, STALE, Disconnection, Source, SyncRun


def standings(repositories: Collection[int], at: datetime) -> Iterator[Standing]:
    """What `contributors.activity.standing` asks; a query or two however many there are."""
    sources = Source.objects.filter(repository__in=among(repositories)).with_last_run()
    others = set(repositories)
    for source in sources.defer("cursor", "facts"):
        others.discard(source.repository_id)
        yield Standing(
            source.repository_id, source.synced_at is not None, list(reasons(source, at))
        )
    for left in Disconnection.objects.filter(repository__in=among(others)) if others else ():
        yield Standing(left.repository_id, left.synced_at is not None, [_disconnected(left)])


def _disconnected(left: Disconnection) -> OpenReason:
    """That nobody reads a repository any more, whatever it held when it was left."""
    words = _("Nobody has read it since it was disconnected at %(disconnected_at)s.")
    values = {"disconnected_at": left.happened_at.isoformat()}
    since = left.synced_at.date() if left.synced_at else None
    return OpenReason(left.repository_id, "disconnected", Sentence(words, values), since)


def reasons(source: Source, at: datetime) -> Iterator[OpenReason]:
    """What keeps a source, read `with_last_run`, from being called complete."""
    since = source.synced_at.date() if source.synced_at else None
    next_at = source.due_at if source.state == Source.State.ACTIVE else None
    next_at = next_at if next_at and next_at > at else None

    def reason(code: str, sentence: Sentence, *, tells_time: bool = False) -> OpenReason:
        every_day = None if code in {"never_read", "unfinished"} else since
        until = None if tells_time else next_at
        return OpenReason(source.repository_id, code, sentence, every_day, until)

    last = getattr(source, "last_state", None)
    if source.synced_at is None:
        yield reason("never_read", Sentence(_("It has not been read to the end yet.")))
    elif source.unfinished:
        names = [{"text": str_of(phase)} for phase in source.unfinished]
        words = _("Not read to the end: %(phases)s.")
        yield reason("unfinished", Sentence(words, {"phases": names}))
    if last == SyncRun.State.WAITING and source.problem:
        yield reason("waiting", source.problem, tells_time=True)
    elif source.problem:
        yield reason("failed", source.problem)
    if source.state == Source.State.PAUSED:
        yield reason("paused", Sentence(_("Reading is paused.")))
    elif source.synced_at and at - source.synced_at > STALE:
        values = {"synced_at": source.synced_at.isoformat()}
        yield reason("stale", Sentence(_("Nothing has been read since %(synced_at)s."), values))


def str_of(phase: str) -> str:
    """The name of a phase as the catalog knows it."""
    with override(None):
        return str(PHASES.get(phase, phase))
