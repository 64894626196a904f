"""When a verb on a connection is refused, and why."""

from datetime import datetime

from django.utils.translation import gettext_noop as _

from community.lib.refusals import Refused, Sentence
from community.projects.models import Project, Repository
from integrations.connections.models import Connection, Source


def why_not_connect(repository: Repository | None, project: Project) -> Refused | None:
    """A repository belongs to one project."""
    if repository is not None and repository.project_id != project.pk:
        reason = _("This repository already belongs to the project %(name)s.")
        return Refused("other_project", Sentence(reason, {"name": repository.project.name}))
    return None


def why_not_start(
    source: Source, *, is_running: bool, parked_until: datetime | None
) -> Refused | None:
    """One run at a time, none while paused or while the source asked to be left alone."""
    if source.state == Source.State.PAUSED:
        return Refused("paused", Sentence(_("This source is paused. Resume it first.")))
    if is_running:
        reason = _("A run over this source is under way or has been asked for.")
        return Refused("already_running", Sentence(reason))
    if parked_until is not None:
        reason = _("The limit of requests is used up until %(until_at)s.")
        return Refused("parked", Sentence(reason, {"until_at": parked_until.isoformat()}))
    return None


def why_not_add(connection: Connection, mark: str) -> Refused | None:
    """A key counts once in a pool, however often it is put in."""
    if connection.credentials.filter(mark=mark).exists():
        return Refused("key_known", Sentence(_("This connection holds that key already.")))
    return None
