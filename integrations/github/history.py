"""GitHub's own list of commits, for when git cannot reach them: a hundred a request."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop as _

from community.lib.refusals import Refused, Sentence
from community.projects.models import Repository
from contributors.activity.models import Contribution
from contributors.activity.records import Actor, Batch
from integrations.connections.gitlog import Clock, Commit, commit_of, trailers_of
from integrations.connections.gitpages import commit_to_records, retire_all_but
from integrations.connections.gitprocess import GitFailed
from integrations.connections.protocol import Page
from integrations.github.authors import account
from integrations.github.documents import HEAD, HISTORY
from integrations.github.transport import Overloaded, Transport

BY = "history"
OWN = ("by", "walk", "head")  # what it keeps in the cursor
SIZES = (100, 25, 5)
CANNOT = _("GitHub cannot list the commits.")
Node = dict[str, Any]
Start = Callable[..., Future[Any]]


class Walk:
    """Walks the history from its head down to what is known.

    A commit is known when the ledger holds it: git writes parents before their
    children, and a walk that was cut goes on where it was, with the parents
    still `open`, so what is known has no gaps below it. The walk may end once
    every parent is known and the ledger holds as many commits as GitHub counts;
    otherwise (a force-push) it goes to the end, and what it did not meet is gone.
    What git has read stays as git told it.
    """

    def __init__(
        self,
        transport: Transport,
        place: Mapping[str, str],
        repository: Repository,
        part: dict[str, Any],
    ) -> None:
        self.transport = transport
        self.place = place
        self.repository = repository
        self.part = part
        self.clock = Clock()
        self.total = 0
        self.accounts: dict[str, Actor | None] = {}  # of the authors of the page under way

    def pages(self, start: Start, *, full: bool) -> Iterator[Page | None]:
        """Pages of commits not known yet; None while GitHub is waited for. Raises `Refused`."""
        walk = {} if full else self.part.get("walk", {})
        full = full or walk.get("full", False)
        is_whole, held, met = not walk.get("head"), self._commits().count(), set[bytes]()
        while True:
            asking = start(self._asked, walk.get("head", ""), walk.get("after"))
            while not asking.done():
                yield None
            head, found, commits = asking.result()
            self.total = found["totalCount"]
            if not head:  # an empty repository, or a head that GitHub has dropped meanwhile
                self._give_up(walk)
                return
            if not walk and not full and head == self.part.get("head", ""):
                return
            met |= {bytes.fromhex(commit.sha) for commit in commits}
            known = self._known(commits)
            fresh = [commit for commit in commits if commit.sha not in known]
            held += len(fresh)
            still_open = _still_open(walk.get("open", ()), found["nodes"], fresh, known)
            is_joined = not (full or still_open) and held == self.total
            more = found["pageInfo"]["hasNextPage"] and not is_joined
            after = found["pageInfo"]["endCursor"]
            walk = {"head": head, "after": after, "open": still_open, "full": full}
            self.part["walk"] = walk
            if not more:
                break
            yield self._page(fresh, found["nodes"], held)
        yield from self._ended(start, head, held, met if is_whole else None, (fresh, found))

    def _ended(
        self,
        start: Start,
        head: str,
        held: int,
        met: set[bytes] | None,
        last: tuple[Sequence[Commit], Node],
    ) -> Iterator[Page | None]:
        """The last page, and what the whole list lacked."""
        self.part.pop("walk", None)
        is_even = held == self.total
        if is_even or met is not None:
            self.part["head"] = head
        if not is_even and met is not None:
            retire_all_but(self.repository, met)
        yield self._page(last[0], last[1]["nodes"], held)
        if not is_even and met is None:  # it was cut, so nobody knows all it met: once more
            yield from self.pages(start, full=True)

    def _give_up(self, walk: Mapping[str, Any]) -> None:
        """Nothing to do where nothing was begun, otherwise the next run begins anew."""
        if walk.get("head"):
            self.part["walk"] = {"full": True}
            raise Refused("too_large", Sentence(CANNOT))

    def _commits(self) -> Any:
        rows = Contribution.objects.present()
        return rows.filter(repository=self.repository, kind=Contribution.Kind.COMMIT)

    def _known(self, commits: Sequence[Commit]) -> set[str]:
        """Those of these commits and of their parents that the ledger holds."""
        asked = {sha for one in commits for sha in (one.sha, *one.parents)}
        rows = self._commits().filter(external_id__in=asked)
        return set(rows.values_list("external_id", flat=True))

    def _asked(self, head: str, after: str | None) -> tuple[str, Node, list[Commit]]:
        """A page of the history of `head`, or of the default branch; runs in another thread."""
        for size in SIZES:
            given = {**self.place, "first": size, "after": after}
            try:
                if head:
                    data = self.transport.graphql(HISTORY, **given, oid=head)
                    tip = data["repository"]["object"]
                else:
                    branch = self.transport.graphql(HEAD, **given)["repository"]["defaultBranchRef"]
                    tip = branch and branch["target"]
            except Overloaded:
                continue
            found = (tip or EMPTY)["history"]
            try:
                commits = [self._commit(node) for node in found["nodes"]]
            except GitFailed as failure:
                reason = _("Git could not read the repository: %(said)s")
                raise Refused("git_failed", Sentence(reason, {"said": failure.said})) from failure
            return (tip or EMPTY)["oid"], found, commits
        raise Refused("too_large", Sentence(CANNOT))

    def _commit(self, node: Node) -> Commit:
        """A commit of the list as git would tell it, but for mailmap and vendored files."""
        author, committer = node["author"] or {}, node["committer"] or {}
        parents = [one["oid"] for one in node["parents"]["nodes"]]
        fields = [node["oid"], " ".join(parents)]
        for who in (author, committer):
            fields += [who.get("name") or "", who.get("email") or "", _raw(who.get("date"))]
        fields += [_title(node["message"]), *trailers_of(node["message"])]
        # Git shows no lines of a merge.
        lines = (0, 0) if len(parents) > 1 else (node["additions"], node["deletions"])
        return commit_of(fields, lines, self.clock, lambda one: one)

    def _page(self, fresh: Sequence[Commit], nodes: Sequence[Node], held: int) -> Page:
        self.accounts = {node["oid"]: account(node) for node in nodes}
        url = self.repository.url
        records = [one for commit in fresh for one in commit_to_records(commit, url=url)]
        return Page(
            Batch(contributions=records),
            {},
            "commits",
            counts={"commits": len(fresh)} if fresh else {},
            done=min(held, self.total),
            total=self.total,
        )


EMPTY: Node = {"oid": "", "history": {"totalCount": 0, "nodes": []}}


def _still_open(
    before: Sequence[str], nodes: Sequence[Node], fresh: Sequence[Commit], known: set[str]
) -> list[str]:
    """Parents of new commits that are neither known nor met yet."""
    met = known | {node["oid"] for node in nodes}
    wanted = {*before, *(parent for commit in fresh for parent in commit.parents)}
    # Of a commit with more parents than were asked for, some stay unseen: walk to the end.
    cut = {
        f"parents of {node['oid']}"
        for node in nodes
        if len(node["parents"]["nodes"]) < node["parents"]["totalCount"]
    }
    return sorted((wanted - met) | cut)


def _title(message: str) -> str:
    """The first paragraph in one line, as git's %s."""
    lines = [line.rstrip() for line in message.strip("\n").split("\n")]
    return " ".join(lines[: lines.index("")] if "" in lines else lines)


def _raw(date: str | None) -> str:
    """A date as git writes it raw, such as `1700000000 +0800`."""
    if not date:
        return ""
    moment = datetime.fromisoformat(date)
    return f"{moment.timestamp():.0f} {moment:%z}"
