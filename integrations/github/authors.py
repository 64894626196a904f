"""Who wrote a commit: ties the e-mail addresses of git to the accounts GitHub knows them by.

An address is only a hash to us, so GitHub is asked about one commit of each; up
to a hundred fit into one request. Only records nobody has claimed and that hold
nothing else are moved, each move is logged and can be undone.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from community.lib.refusals import Refused
from community.people.identities import identify
from community.people.merging import move_identity
from community.people.models import Identity, Merge
from community.projects.models import Repository
from integrations.connections.protocol import OutOfBudget
from integrations.github.cursor import Cursor
from integrations.github.documents import authors
from integrations.github.mapping import actor
from integrations.github.transport import Overloaded, Transport

PHASE = "authors"
AT_ONCE = 100
REASON = "GitHub names this account as the author"


def link_authors(
    transport: Transport, place: Mapping[str, str], repository: Repository, cursor: Cursor
) -> Iterator[int]:
    """Ask about addresses not asked about before; gives how many each request tied.

    A fault ends the asking, never the run: the next one takes it up again.
    """
    part = cursor.phase(PHASE)
    while found := _unasked(repository, after=part.get("identity", 0)):
        try:
            data = transport.graphql(authors([sha for _, sha in found]), **place)
        except (Overloaded, OutOfBudget, Refused):
            return
        commits = [data["repository"][f"c{number}"] for number in range(len(found))]
        tied = sum(
            _tie(identity, commit) for (identity, _), commit in zip(found, commits, strict=True)
        )
        part["identity"] = found[-1][0]
        yield tied
    part.pop("pending", None)


def _unasked(repository: Repository, *, after: int) -> Sequence[tuple[int, str]]:
    """Identities that only a commit knows, each with one of its commits."""
    lonely = Identity.objects.filter(person__claimed_at=None, person__merged_into=None)
    rows = (
        lonely.of("git")
        .filter(
            pk__gt=after,
            is_bot=False,
            contributions__repository=repository,
            contributions__kind="commit",
        )
        .annotate(sha=Max("contributions__external_id"))
        .order_by("pk")
    )
    return list(rows.values_list("pk", "sha")[:AT_ONCE])


@transaction.atomic
def _tie(identity_id: int, commit: Mapping[str, Any] | None) -> bool:
    """Move an identity to the person of the account that GitHub names."""
    user = ((commit or {}).get("author") or {}).get("user")
    found = actor(_as_rest(user)) if user else None
    if found is None:
        return False
    at = timezone.now()
    account = identify([found], at=at)[found.provider, found.uid]
    owner = Identity.objects.select_related("person").get(pk=account).person
    identity = Identity.objects.select_related("person").get(pk=identity_id)
    has_more = identity.person.identities.exclude(pk=identity_id).exists()
    was_undone = Merge.objects.filter(absorbed=identity.person).exclude(undone_at=None)
    if identity.person_id == owner.pk or has_more or was_undone.exists():
        return False
    try:
        move_identity(identity=identity, to=owner, by=None, at=at, reason=REASON)
    except Refused:
        return False
    return True


def _as_rest(user: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": user["databaseId"],
        "login": user["login"],
        "name": user["name"],
        "type": "User",
        "avatar_url": user["avatarUrl"],
    }
