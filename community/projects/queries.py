"""The directory of projects: one pass over their few fields gives the list and its filters."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from community.projects.models import Project
from community.projects.querysets import ProjectQuerySet

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Row = tuple[int, str, str, str, list[str]]
SORTS = {"name": ("name", "pk"), "newest": ("-created_at", "pk")}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter and how many projects choosing it would leave."""

    value: str
    label: "str | _StrPromise"
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter of the directory with its values, the labels of fixed ones in their own order."""

    name: str
    label: "str | _StrPromise"
    choices: list[Choice]

    @property
    def chosen(self) -> Choice | None:
        return next((choice for choice in self.choices if choice.is_chosen), None)


@dataclass(frozen=True, slots=True)
class Directory:
    """The projects that fit and the filters that led to them."""

    projects: ProjectQuerySet
    count: int
    facets: list[Facet]


_VALUES: dict[str, Callable[[Row], list[str]]] = {
    "kind": lambda row: [row[1]],
    "stage": lambda row: [row[2]],
    "license": lambda row: [row[3]] if row[3] else [],
    "topic": lambda row: row[4],
}
_LABELS = {
    "kind": _("Kind"),
    "stage": _("Stage"),
    "license": _("License"),
    "topic": _("Topic"),
}
_NAMED = {"kind": Project.Kind, "stage": Project.Stage}


def directory(*, text: str, chosen: Mapping[str, str], sort: str) -> Directory:
    """Projects that mention `text` and carry each chosen value, with counts per value.

    The count beside a value is what the list would hold if that value were
    chosen while the other filters stay.
    """
    found = Project.objects.matching(text)
    if sort in SORTS:
        found = found.order_by(*SORTS[sort])
    elif not text.strip():
        found = found.order_by(*SORTS["name"])
    rows: list[Row] = list(found.values_list("pk", "kind", "stage", "license", "topics"))
    wanted = {name: chosen[name] for name in _VALUES if chosen.get(name)}
    kept = [row[0] for row in rows if _fits(row, wanted)]
    facets = [_facet(name, rows, wanted) for name in _VALUES]
    return Directory(found.filter(pk__in=kept) if wanted else found, len(kept), facets)


def card_of(project: Project) -> tuple[Any, ...]:
    """All that a card or a row of the directory shows of a project, to tell whether it is drawn."""
    people = [
        (one.handle, one.name, str(one.avatar), one.is_bot) for one in project.maintainers.all()
    ]
    return (
        *(project.slug, project.name, project.kind, project.stage, project.summary),
        *(tuple(project.topics), project.license, project.created_at, tuple(people)),
        vars(project).get("repository_count"),
    )


def _fits(row: Row, wanted: Mapping[str, str]) -> bool:
    return all(value in _VALUES[name](row) for name, value in wanted.items())


def _facet(name: str, rows: list[Row], wanted: Mapping[str, str]) -> Facet:
    others = {key: value for key, value in wanted.items() if key != name}
    counts = Counter(v for row in rows if _fits(row, others) for v in _VALUES[name](row))
    chosen = wanted.get(name, "")
    labels: dict[str, str | _StrPromise]
    if name in _NAMED:
        labels = dict(_NAMED[name].choices)
    else:
        by_use = sorted(counts, key=lambda value: (-counts[value], value))
        labels = {value: value for value in by_use}
    if chosen and chosen not in labels:
        labels[chosen] = chosen
    return Facet(
        name,
        _LABELS[name],
        [Choice(value, label, counts[value], value == chosen) for value, label in labels.items()],
    )
