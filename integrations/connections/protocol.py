"""What a connector is: one folder, one class, one line in INSTALLED_APPS."""

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol, runtime_checkable

from community.lib.refusals import Sentence
from contributors.activity.records import Batch, CompletenessRecord
from integrations.connections.keys import Key
from integrations.connections.models import Source


@dataclass(frozen=True, slots=True)
class Described:
    """What a source says of itself; enough to make a project and a repository."""

    external_id: str
    name: str
    url: str = ""
    clone_url: str = ""
    default_branch: str = ""
    description: str = ""
    license: str = ""
    is_archived: bool = False
    is_private: bool = False
    topics: Sequence[str] = ()
    location: str = ""  # the canonical spelling; empty: as it was given


class Expected(NamedTuple):
    """How much belongs to one issue or change request at the source; None: not said."""

    number: int
    opened_on: date
    comments: int | None = None
    reviews: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Records and the cursor to store with them, in one transaction.

    `counts` says what kinds of things came (issues, change_requests, ...).
    `done` and `total` drive the progress bar; total 0 means not known.
    `facts` are merged into those of the source, `lists` among them name by name;
    `described` renews the repository.
    `gone` names by kind the external ids that the source was seen without at
    `gone_at`, by its own clock; rows changed later than that stay. `back` names those
    that were marked as gone and are seen again.
    """

    batch: Batch
    cursor: Mapping[str, Any]
    phase: str
    counts: Mapping[str, int] = field(default_factory=dict)
    done: int = 0
    total: int = 0
    expected: Sequence[Expected] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    described: Described | None = None
    gone: Mapping[str, Collection[str]] = field(default_factory=dict)
    gone_at: datetime | None = None
    back: Mapping[str, Collection[str]] = field(default_factory=dict)

    @property
    def is_bare(self) -> bool:
        """Whether it moves the cursor alone and leaves what is known as it was."""
        brings = (self.batch.work_items, self.batch.contributions, self.expected, self.facts)
        return not any((*brings, self.gone, self.back))


def merged(known: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Facts with what a page tells; of `lists` each by itself, since each is read by itself."""
    if "lists" not in told:
        return {**known, **told}
    return {**known, **told, "lists": {**(known.get("lists") or {}), **told["lists"]}}


class OutOfBudget(Exception):
    """The source asks to be left alone until a moment; the run parks until then."""

    def __init__(self, until: datetime, reason: Sentence) -> None:
        super().__init__(reason)
        self.until = until
        self.reason = reason


class Connector(Protocol):
    """Reads one kind of source."""

    name: str

    def describe(self, location: str, *, keys: Sequence[Key]) -> Described:
        """Look the source up. Raises `Refused` in the maintainer's words."""
        ...

    def pages(self, source: Source, *, keys: Sequence[Key], full: bool) -> Generator[Page]:
        """Everything since the cursor, or everything when `full`.

        Raises `Refused` in the maintainer's words, or `OutOfBudget`; what was
        yielded before stays.
        """
        ...

    def requests(self) -> Mapping[str, int]:
        """What the last run cost: rest, graphql, not_modified."""
        ...

    def budget(self) -> Mapping[str, Any]:
        """What the source still allows: remaining, limit, resets_at; empty where it has none."""
        ...

    def completeness(self, source: Source, /) -> Sequence[CompletenessRecord]:
        """Expected against received per day, after a run."""
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """A repository that a key may read."""

    location: str
    external_id: str
    is_private: bool = False
    is_archived: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What reading one repository for the first time will take.

    `counts` are by kind, as in `Page`; `spent` requests went into the estimate itself.
    """

    described: Described
    counts: Mapping[str, int]
    rest: int
    graphql: int
    spent: int
    seconds: float

    @property
    def requests(self) -> int:
        """All of them."""
        return self.rest + self.graphql

    @property
    def rows(self) -> int:
        """Everything that will be stored."""
        return sum(self.counts.values())


@runtime_checkable
class Phased(Protocol):
    """A connector that reads in phases and knows which have not come to their end."""

    def unfinished(self, source: Source, /) -> Sequence[str]:
        """Their names, as in `models.PHASES`."""
        ...


@runtime_checkable
class Browsable(Protocol):
    """A connector that can look around with a key before anything is connected."""

    def account(self, *, keys: Sequence[Key]) -> str:
        """The login the keys act for; empty where they do not say. Raises `Refused`."""
        ...

    def choices(self, *, keys: Sequence[Key]) -> Sequence[Choice]:
        """The repositories they may read, the liveliest first. Raises `Refused`."""
        ...

    def estimate(self, location: str, *, keys: Sequence[Key]) -> Estimate:
        """What reading a repository will take. Raises `Refused` or `OutOfBudget`."""
        ...


@dataclass(frozen=True, slots=True)
class Installation:
    """A place where an app is installed, and so the repositories of an account."""

    id: str
    account: str
    is_suspended: bool = False
    covers_all: bool = False  # every repository of the account, or chosen ones


@dataclass(frozen=True, slots=True)
class App:
    """An app as its provider describes it."""

    id: str
    name: str
    install_url: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class NewApp:
    """An app just made from a manifest, with its secrets."""

    app: App
    private_key: str
    hook_secret: str = ""


@runtime_checkable
class Installable(Protocol):
    """A connector whose provider knows apps that accounts install."""

    def app_key(self, app_id: str, private_key: str, installation_id: str) -> Key:
        """The key to where the app is installed."""
        ...

    def app(self, app_id: str, private_key: str) -> App:
        """The app these open. Raises `Refused`."""
        ...

    def installations(self, app_id: str, private_key: str) -> Sequence[Installation]:
        """Where the app is installed. Raises `Refused`."""
        ...

    def manifest(self, site: str, *, done: str, installed: str) -> Mapping[str, Any]:
        """What to make an app from: read-only, telling this site of changes."""
        ...

    def maker_address(self, organization: str, *, state: str) -> str:
        """Where a manifest is handed in."""
        ...

    def app_from_manifest(self, code: str) -> NewApp:
        """Exchange the code that making an app ended with. Raises `Refused`."""
        ...


@runtime_checkable
class Relistable(Protocol):
    """A connector whose lists of changes leave out what is gone, so that all is read at times."""

    needs_relisting: bool


_connectors: dict[str, Callable[[], Connector]] = {}


def register(name: str, make: Callable[[], Connector]) -> None:
    """Make a connector known; called from its `apps.py` ready()."""
    _connectors[name] = make


def unregister(name: str) -> None:
    """Forget a connector."""
    _connectors.pop(name, None)


def connector(name: str) -> Connector:
    """A fresh connector; KeyError for an unknown name."""
    return _connectors[name]()


def names() -> list[str]:
    """The connectors that are installed."""
    return sorted(_connectors)
