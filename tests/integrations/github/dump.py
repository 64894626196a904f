"""The ledger by natural keys, so that two ways of reading it can be compared."""

from typing import Any

from community.people.models import Identity
from contributors.activity.models import Completeness, Contribution, DayCount, WorkItem
from integrations.connections.models import ExpectedItem

TABLES = {
    WorkItem: (
        "kind",
        "external_id",
        "number",
        "title",
        "author__uid",
        "state",
        "state_reason",
        "labels",
        "opened_at",
        "closed_at",
        "merged_at",
        "closed_by__uid",
        "updated_at",
        "first_response_at",
        "last_reply_at",
    ),
    Contribution: (
        "kind",
        "external_id",
        "identity__uid",
        "work_item__number",
        "occurred_at",
        "outcome",
        "title",
        "updated_at",
    ),
    Identity: ("provider", "uid", "login", "is_bot", "person__is_bot"),
    DayCount: ("day", "identity__uid", "kind", "count"),
    ExpectedItem: ("number", "opened_on", "comments", "reviews"),
    Completeness: ("day", "expected", "received"),
}


PLACES = dict.fromkeys(TABLES, "repository__external_id") | {
    Identity: "",
    ExpectedItem: "source__repository__external_id",
}


def dump() -> dict[str, list[Any]]:
    """Every row of the ledger in one order."""
    return {
        model.__name__: sorted(model.objects.values_list(*columns), key=repr)
        for model, columns in TABLES.items()
    }


def dump_by_repository() -> dict[str, list[Any]]:
    """The same of several repositories, each row with the one it belongs to."""
    return {
        model.__name__: sorted(
            model.objects.values_list(*filter(None, [place]), *TABLES[model]), key=repr
        )
        for model, place in PLACES.items()
    }


def standing() -> dict[str, list[Any]]:
    """The same of what is not marked as gone, by repository; what an empty ledger would read."""
    there = {"deleted_at": None}
    acts, items = Contribution.objects.filter(**there), WorkItem.objects.filter(**there)
    named = {
        *acts.values_list("identity", flat=True),
        *items.values_list("author", flat=True),
        *items.values_list("closed_by", flat=True),
    }
    chosen: dict[type[Any], Any] = {
        WorkItem: items,
        Contribution: acts,
        Identity: Identity.objects.filter(pk__in=named),
    }
    found = {}
    for model, place in PLACES.items():
        rows = chosen.get(model, model.objects.all())
        columns = (*filter(None, [place]), *TABLES[model])
        found[model.__name__] = sorted(rows.values_list(*columns), key=repr)
    return found
