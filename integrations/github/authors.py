"""Who wrote a commit: ties the e-mail addresses of git to the accounts GitHub knows them by.

An address is only a hash to us, so GitHub is asked about one commit of each; up
to a hundred fit into one request. What is seen for the first time goes to the
account's person at once; records that are there already are moved only when
nobody has claimed them and they hold nothing else, and each move can be undone.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from community.audit.actions import record
from community.lib.refusals import Refused
from community.people.identities import identify, introduce
from community.people.merging import move_identity
from community.people.models import Identity, Merge
from community.projects.models import Repository
from contributors.activity.records import Actor, Batch
from integrations.connections.protocol import OutOfBudget
from integrations.github.cursor import Cursor
from integrations.github.documents import authors
from integrations.github.mapping import actor
from integrations.github.transport import Locked, Overloaded, Transport

PHASE = "authors"
AT_ONCE = 100
REASON = "GitHub names this account as the author"


def introduce_authors(
    transport: Transport, place: Mapping[str, str], repository: Repository, batch: Batch
) -> None:
    """Ask about addresses nobody has seen before their commits are stored.

    So most people are one record from the start and nobody has to be merged; a
    fault leaves the rest to `link_authors`.
    """
    commits = {
        act.actor.uid: (act.actor, act.external_id)
        for act in batch.contributions
        if act.kind == "commit" and act.actor and act.actor.provider == "git"
    }
    seen = Identity.objects.of("git").filter(uid__in=commits).values_list("uid", flat=True)
    fresh = [commits[uid] for uid in sorted(commits.keys() - set(seen))]
    for start in range(0, len(fresh), AT_ONCE):
        chunk = [one for one in fresh[start : start + AT_ONCE] if not one[0].is_bot]
        try:
            users = _users(transport, place, [sha for _, sha in chunk])
        except (Overloaded, OutOfBudget, Refused):
            return
        _introduce(repository, [actor for actor, _ in chunk], users)


@transaction.atomic
def _introduce(
    repository: Repository, authors: Sequence[Actor], users: Sequence[Actor | None]
) -> None:
    """Attach addresses to the people of the accounts that GitHub names."""
    at = timezone.now()
    pairs = [(one, user) for one, user in zip(authors, users, strict=True) if user is not None]
    accounts = identify([user for _, user in pairs], at=at)
    made = introduce(((author, accounts[user.provider, user.uid]) for author, user in pairs), at=at)
    if made:
        record(verb="people.authors_introduced", subject=repository, at=at, identities=made)


def _users(
    transport: Transport, place: Mapping[str, str], shas: Sequence[str]
) -> list[Actor | None]:
    """The account behind each commit's author; None where GitHub knows none."""
    if not shas:
        return []
    try:
        found = transport.graphql(authors(shas), **place)["repository"]
    except Locked:
        return _users_openly(transport, place, shas)
    return [_account(found[f"c{number}"]) for number in range(len(shas))]


def _users_openly(
    transport: Transport, place: Mapping[str, str], shas: Sequence[str]
) -> list[Actor | None]:
    """The same by REST; an answer holds a commit and others before it, perhaps ours too."""
    known: dict[str, Mapping[str, Any] | None] = {}
    for sha in shas:
        if sha not in known:
            path = f"repos/{place['owner']}/{place['name']}/commits"
            answer = transport.get(path, sha=sha, per_page=AT_ONCE)
            known |= {commit["sha"]: commit["author"] for commit in answer.data}
    users = [known.get(sha) or {} for sha in shas]
    return [actor(user) if user.get("type") == "User" else None for user in users]


def _account(commit: Mapping[str, Any] | None) -> Actor | None:
    user = ((commit or {}).get("author") or {}).get("user")
    return actor(_as_rest(user)) if user else None


def link_authors(
    transport: Transport, place: Mapping[str, str], repository: Repository, cursor: Cursor
) -> Iterator[int]:
    """Ask about addresses not asked about before; gives how many each request tied.

    A fault ends the asking, never the run: the next one takes it up again.
    """
    part = cursor.phase(PHASE)
    while found := _unasked(repository, after=part.get("identity", 0)):
        try:
            users = _users(transport, place, [sha for _, sha in found])
        except (Overloaded, OutOfBudget, Refused):
            return
        tied = sum(_tie(key, user) for (key, _), user in zip(found, users, strict=True) if user)
        part["identity"] = found[-1][0]
        yield tied
    part.pop("pending", None)


def _unasked(repository: Repository, *, after: int) -> Sequence[tuple[int, str]]:
    """Identities that only a commit knows and nothing was tied to, each with one of its commits."""
    others = Identity.objects.filter(person=OuterRef("person")).exclude(pk=OuterRef("pk"))
    lonely = Identity.objects.filter(
        ~Exists(others), person__claimed_at=None, person__merged_into=None
    )
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
def _tie(identity_id: int, found: Actor) -> bool:
    """Move an identity to the person of the account that GitHub names."""
    at = timezone.now()
    account = identify([found], at=at)[found.provider, found.uid]
    owner = Identity.objects.select_related("person").get(pk=account).person
    identity = Identity.objects.select_related("person").get(pk=identity_id)
    has_more = identity.person.identities.exclude(pk=identity_id).exists()
    # What a maintainer took apart is not put together by itself again.
    undone = Q(absorbed=identity.person, is_split=False, undone_at__isnull=False)
    apart = Merge.objects.filter(undone | Q(kept=identity.person, is_split=True))
    if identity.person_id == owner.pk or has_more or apart.exists():
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
