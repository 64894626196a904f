"""The plain records that adapters hand to `ingest`: the contract of the one door.

Those that come by the thousand are named tuples, which are made three times as fast.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from community.lib.refusals import NOTHING, Sentence


class Actor(NamedTuple):
    """Somebody as a source names them.

    `uid` is the provider's numeric id; for provider `git` the keyed hash of the
    e-mail address (`community.people.hashing`), never the address itself.
    """

    provider: str
    uid: str
    login: str = ""
    name: str = ""
    email_hash: str = ""
    email_domain: str = ""
    avatar_url: str = ""
    is_bot: bool = False


class WorkItemRecord(NamedTuple):
    """An issue or change request as it stands at the source now."""

    source: str
    kind: str
    external_id: str
    number: int
    title: str
    author: Actor | None
    state: str
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    closed_by: Actor | None = None
    url: str = ""
    state_reason: str = ""
    is_draft: bool = False
    labels: Sequence[str] = ()
    milestone: str = ""


class ContributionRecord(NamedTuple):
    """One counted act. `work_item` is the number of the issue or change request."""

    source: str
    kind: str
    external_id: str
    actor: Actor | None
    occurred_at: datetime
    work_item: int | None = None
    zone_minutes: int | None = None
    title: str = ""
    url: str = ""
    outcome: str = ""
    is_merge: bool = False
    lines_added: int | None = None
    lines_removed: int | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one kind should have given on a day and gave, and how that is known.

    `how` is one of `models.HOW`; `lacking` are numbers of issues and change
    requests at which something is missing.
    """

    expected: int
    received: int
    how: str = "recorded"
    lacking: Sequence[int] = ()

    def as_json(self) -> list[object]:
        """As it is stored, short: there is one for each day and kind."""
        found: list[object] = [self.expected, self.received, self.how]
        return [*found, list(self.lacking)] if self.lacking else found


@dataclass(frozen=True, slots=True)
class CompletenessRecord:
    """What the source should have given for one day, and what it gave, by kind."""

    day: date
    expected: int
    received: int
    reason: Sentence = NOTHING
    parts: Mapping[str, Part] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """A page of records of one repository."""

    work_items: Sequence[WorkItemRecord] = field(default_factory=tuple)
    contributions: Sequence[ContributionRecord] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Ingested:
    """How many rows a batch added, changed, or found as they were."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
