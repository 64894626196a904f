"""The labels that issues and change requests carry, as far as a reader may know of them."""

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import orjson
from django.core.cache import cache
from django.db.models import Count, TextField
from django.db.models.functions import Cast

from community.projects.models import Repository
from contributors.activity.models import WorkItem

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.people.models import Person

    Viewer = Person | AnonymousUser

KEPT_SECONDS = 600
# Label without regard to capitals: repository: spelling: open items, all items.
Found = dict[str, dict[int, dict[str, tuple[int, int]]]]


class Label(NamedTuple):
    """A label with how many issues and change requests carry it."""

    name: str  # as it is spelled most often
    open: int
    total: int


def labels_known(viewer: "Viewer | None") -> list[Label]:
    """Labels of repositories that the reader may know of, those on most open items first.

    Without a viewer those of all repositories.
    """
    hidden: set[int] = set()
    if viewer is not None:
        rows = Repository.objects.all().hidden_from(viewer)
        hidden = set(rows.values_list("pk", flat=True))
    found = []
    for by_repository in found_labels().values():
        shown = [by_repository[pk] for pk in by_repository.keys() - hidden]
        if shown:
            spelled: Counter[str] = Counter()
            for names in shown:
                spelled.update({name: total for name, (_open, total) in names.items()})
            name = min(spelled, key=lambda one: (-spelled[one], one))
            waiting = sum(number for names in shown for number, _total in names.values())
            found.append(Label(name, waiting, spelled.total()))
    return sorted(found, key=lambda one: (-one.open, -one.total, one.name))


def label_named(name: str, viewer: "Viewer | None") -> Label | None:
    """The label of this name, whatever its capitals; None where the reader knows none."""
    wanted = name.casefold()
    return next((one for one in labels_known(viewer) if one.name.casefold() == wanted), None)


def found_labels() -> Found:
    """Which labels there are, from one statement that groups equal lists; kept for some minutes."""
    kept: Found | None = cache.get("labels")
    if kept is not None:
        return kept
    found: Found = {}
    rows = WorkItem.objects.present().order_by().annotate(words=Cast("labels", TextField()))
    sets = rows.exclude(words="[]").values_list("repository", "words", "state")
    for repository, words, state, times in sets.annotate(times=Count("pk")):
        open_now = times if state == WorkItem.State.OPEN else 0
        for name in dict.fromkeys(map(str, orjson.loads(words))):
            names = found.setdefault(name.casefold(), {}).setdefault(repository, {})
            waiting, total = names.get(name, (0, 0))
            names[name] = (waiting + open_now, total + times)
    cache.set("labels", found, KEPT_SECONDS)
    return found
