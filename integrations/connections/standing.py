"""How each repository stands at its source: read, short of something, or left alone."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from community.lib.refusals import Sentence
from contributors.activity.standing import OpenReason, Standing
from integrations.connections.models import PHASES, STALE, Source, SyncRun


def standings(repositories: Collection[int], at: datetime) -> Iterator[Standing]:
    """What `contributors.activity.standing` asks; one query however many there are."""
    sources = Source.objects.filter(repository__in=repositories).with_last_run()
    for source in sources.defer("cursor", "facts"):
        yield Standing(
            source.repository_id, source.synced_at is not None, list(reasons(source, at))
        )


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
