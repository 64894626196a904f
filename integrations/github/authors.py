"""Who wrote a commit: ties the e-mail addresses of git to the accounts GitHub knows them by.

An address is only a hash to us, so GitHub is asked about one commit of each; up
to a hundred fit into one request. What is seen for the first time goes to the
account's person at once; records that are there already are moved only when
nobody has claimed them and they hold nothing else, and each move can be undone.
"""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
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
UNKNOWN = "authors nobody knows"  # how the shelf calls them
AT_ONCE = 100
REASON = "GitHub names this account as the author"


class Authors:
    """The people behind the commits of one repository."""

    def __init__(
        self,
        transport: Transport,
        place: Mapping[str, str],
        repository: Repository,
        cursor: Cursor,
    ) -> None:
        self.transport = transport
        self.place = place
        self.repository = repository
        self.part = cursor.phase(PHASE)
        # Addresses that GitHub knew no account for in this reading.
        kept = transport.shelf.find(UNKNOWN)
        self.unknown: set[str] = set(json.loads(kept.body)) if kept else set()

    def unseen(self, batch: Batch) -> list[list[tuple[Actor, str]]]:
        """Authors whose addresses nobody has seen, each with a commit, as many as fit a request.

        Asked about before their commits are stored, most people are one record
        from the start and nobody has to be merged.
        """
        commits = {
            act.actor.uid: (act.actor, act.external_id)
            for act in batch.contributions
            if act.kind == "commit" and act.actor and act.actor.provider == "git"
        }
        seen = Identity.objects.of("git").filter(uid__in=commits).values_list("uid", flat=True)
        fresh = [commits[uid] for uid in sorted(commits.keys() - set(seen))]
        fresh = [one for one in fresh if not one[0].is_bot and one[0].uid not in self.unknown]
        return [fresh[start : start + AT_ONCE] for start in range(0, len(fresh), AT_ONCE)]

    def users(self, shas: Sequence[str]) -> list[Actor | None]:
        """The account behind each commit's author; None where GitHub knows none."""
        if not shas:
            return []
        try:
            found = self.transport.graphql_kept(authors(shas), **self.place)["repository"]
        except Locked:
            return self._users_openly(shas)
        return [account(found[f"c{number}"]) for number in range(len(shas))]

    def _users_openly(self, shas: Sequence[str]) -> list[Actor | None]:
        """The same by REST; an answer holds a commit and others before it, perhaps ours too."""
        known: dict[str, Mapping[str, Any] | None] = {}
        for sha in shas:
            if sha not in known:
                path = f"repos/{self.place['owner']}/{self.place['name']}/commits"
                answer = self.transport.get(path, sha=sha, per_page=AT_ONCE)
                known |= {commit["sha"]: commit["author"] for commit in answer.data}
        users = [known.get(sha) or {} for sha in shas]
        return [actor(user) if user.get("type") == "User" else None for user in users]

    @transaction.atomic
    def introduce(self, people: Sequence[Actor], users: Sequence[Actor | None]) -> None:
        """Attach addresses to the people of the accounts that GitHub names."""
        at = timezone.now()
        named = zip(people, users, strict=True)
        pairs = [(one, user) for one, user in named if user is not None]
        nobody = {one.uid for one, user in zip(people, users, strict=True) if user is None}
        if nobody - self.unknown:
            self.unknown |= nobody
            self.transport.shelf.keep(UNKNOWN, json.dumps(sorted(self.unknown)).encode(), {})
        accounts = identify([user for _, user in pairs], at=at)
        made = introduce(((one, accounts[user.provider, user.uid]) for one, user in pairs), at=at)
        if made:
            repository = self.repository
            record(verb="people.authors_introduced", subject=repository, at=at, identities=made)

    def unasked(self, *, after: int) -> Sequence[tuple[int, str, str]]:
        """Identities that only commits know and nothing was tied to: key, address, a commit."""
        others = Identity.objects.filter(person=OuterRef("person")).exclude(pk=OuterRef("pk"))
        lonely = Identity.objects.filter(
            ~Exists(others), person__claimed_at=None, person__merged_into=None
        )
        rows = (
            lonely.of("git")
            .filter(
                pk__gt=after,
                is_bot=False,
                contributions__repository=self.repository,
                contributions__kind="commit",
            )
            .annotate(sha=Max("contributions__external_id"))
            .order_by("pk")
        )
        return list(rows.values_list("pk", "uid", "sha")[:AT_ONCE])


def answered(asking: Future[list[Actor | None]]) -> list[Actor | None] | None:
    """What GitHub named; None after a fault, which ends the asking, never the run."""
    try:
        return asking.result()
    except (Overloaded, OutOfBudget, Refused):
        return None


def account(commit: Mapping[str, Any] | None) -> Actor | None:
    """The account GitHub knows the author of a commit by; None for none."""
    user = ((commit or {}).get("author") or {}).get("user")
    return actor(_as_rest(user)) if user else None


@transaction.atomic
def tie(identity_id: int, found: Actor) -> bool:
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
