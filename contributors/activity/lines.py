"""What the pages of rows show of each row, read without the rest of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.paginator import Page
from django.urls import get_script_prefix
from django.utils.safestring import SafeString

from community.lib import icons
from community.lib.moments import Now, read_at
from community.people.visibility import is_shown
from contributors.activity.models import Contribution, WorkItem

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.people.models import Person

    Viewer = Person | AnonymousUser

PERSON = ("pk", "handle", "name", "avatar", "is_bot", "visibility")
CONTRIBUTION = (
    *("occurred_at", "kind", "is_merge", "title", "work_item__title", "url"),
    *("repository__project__slug", "repository__project__name", "repository__name"),
    *("work_item_number", "lines_added", "lines_removed"),
    *(f"identity__person__{name}" for name in PERSON),
)
WORK_ITEM = (
    *("title", "url", "kind", "repository__name", "number", "state", "is_draft"),
    *("opened_at", "first_response_at", "last_reply_at"),
    *(f"author__person__{name}" for name in PERSON),
)
UNKNOWN = SafeString("")


class Who(NamedTuple):
    """Whoever did it, drawn: empty if nobody knows, or if they do not show what they do."""

    drawn: SafeString
    is_hidden: bool


class ContributionLine(NamedTuple):
    """A row of the page of contributions."""

    at: SafeString
    who: Who
    kind: str
    is_merge: bool
    title: str
    url: str
    project: str
    project_name: str
    repository: str
    number: int | None
    added: int | None
    removed: int | None


class WorkItemLine(NamedTuple):
    """A row of the page of issues and change requests."""

    title: str
    url: str
    kind: str
    place: str
    number: int
    who: Who
    state: str
    state_label: str
    opened: SafeString
    answered: SafeString
    last_word: SafeString


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever reads a page, and when."""

    viewer: "Viewer"
    now: Now
    prefix: str

    def who(self, pk: int | None, handle: str, name: str, avatar: str, *rest: Any) -> Who:
        """The person of these columns of `PERSON`."""
        if pk is None:
            return Who(UNKNOWN, is_hidden=False)
        is_bot, visibility = rest
        if not is_shown(self.viewer, pk, visibility, "activity"):
            return Who(UNKNOWN, is_hidden=True)
        drawn = icons.person_below(self.prefix, handle, name, avatar, 24, is_bot=is_bot)
        return Who(drawn, is_hidden=False)

    def when(self, moment: datetime | None) -> SafeString:
        return self.now.when(moment) if moment else UNKNOWN


def reader_of(viewer: "Viewer", at: datetime) -> Reader:
    return Reader(viewer, read_at(at), get_script_prefix())


def contribution_lines(
    page: "Page[Contribution]", viewer: "Viewer", at: datetime
) -> list[ContributionLine]:
    """The contributions of a page, in one query."""
    reader, kinds = reader_of(viewer, at), words(Contribution.Kind.choices)
    rows: Any = page.object_list
    return [contribution_line(row, reader, kinds) for row in rows.values_list(*CONTRIBUTION)]


def contribution_line(
    row: tuple[Any, ...], reader: Reader, kinds: Mapping[str, str]
) -> ContributionLine:
    at, kind, is_merge, title, item_title, url, *place = row[: -len(PERSON)]
    who = reader.who(*row[-len(PERSON) :])
    called = "" if who.is_hidden else title or item_title or ""
    return ContributionLine(reader.when(at), who, kinds[kind], is_merge, called, url, *place)


def work_item_lines(page: "Page[WorkItem]", viewer: "Viewer", at: datetime) -> list[WorkItemLine]:
    """The issues and change requests of a page, in one query."""
    reader, kinds = reader_of(viewer, at), words(WorkItem.Kind.choices)
    states = words(WorkItem.State.choices)
    rows: Any = page.object_list
    return [work_item_line(row, reader, kinds, states) for row in rows.values_list(*WORK_ITEM)]


def work_item_line(
    row: tuple[Any, ...], reader: Reader, kinds: Mapping[str, str], states: Mapping[str, str]
) -> WorkItemLine:
    title, url, kind, place, number, state, is_draft, *moments = row[: -len(PERSON)]
    is_plan = is_draft and state == WorkItem.State.OPEN
    return WorkItemLine(
        title,
        url,
        kinds[kind],
        place,
        number,
        reader.who(*row[-len(PERSON) :]),
        "draft" if is_plan else state,
        states[state],
        *map(reader.when, moments),
    )


def words(choices: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """The labels of choices in the reader's language."""
    return {value: str(label) for value, label in choices}
