"""The stored sheets kept in step with the ledger."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import orjson

from community.people.bulk import plain_rows, upsert
from contributors.metrics.affiliations import Employers
from contributors.metrics.calendar import months_of, next_month
from contributors.metrics.extents import Known
from contributors.metrics.models import Sheet
from contributors.metrics.sheets import (
    PARTS,
    Chosen,
    Texts,
    blank,
    draft_sheets,
    standing_sheets,
    text_of,
)

# Month: what differs from what stood there, by the names of `sheets.py`.
Changed = dict[date, set[str]]
MANY = {"days": ("totals", "received", "asks"), "acts": ("acts", "commits", "hours", "touches")}
EVERYTHING = frozenset({"items", "standing"}.union(*MANY.values()))
SUMS = ("total", "received", "expected")
TABLE = Sheet._meta.db_table


def stored_sheets(repository: int, parts: Iterable[str], months: Collection[date]) -> Any:
    """These parts of stored sheets by month."""
    rows = Sheet.objects.filter(repository=repository, month__in=sorted(months)).order_by()
    return {
        date.fromisoformat(text_of(month)): dict(zip(parts, texts, strict=True))
        for month, *texts in plain_rows(rows.values_list("month", *parts))
    }


def renew_sheets(
    repository: int, known: Known, stale: Collection[date], employers: Employers
) -> tuple[Changed, dict[date, tuple[Texts | None, Texts]]]:
    """Read these months of a repository anew, write what differs, and tell what did.

    Months of which nothing was known before are read as well, and the sheets of
    those of which nothing is known any longer go. Beside what changed come the
    sheets before (None: there was none) and after, without standing.
    """
    ends = known.months
    mine = Sheet.objects.filter(repository=repository)
    have = {date.fromisoformat(text_of(row[0])) for row in plain_rows(mine.values_list("month"))}
    wanted = set(months_of(ends[0], next_month(ends[1]))) if ends else set()
    surplus = have - wanted
    months = (wanted & set(stale)) | (wanted - have)
    old = stored_sheets(repository, PARTS, months | surplus)
    if surplus:
        mine.filter(month__in=surplus).delete()
    fresh = draft_sheets(Chosen(repository), months, employers)
    changed: Changed = {month: set(EVERYTHING) for month in surplus}
    pairs: dict[date, tuple[Texts | None, Texts]] = {m: (old[m], blank()) for m in surplus}
    for month in sorted(months):
        texts, before = fresh.get(month) or blank(), old.get(month)
        if parts := differing(before, texts):
            changed[month], pairs[month] = parts, (before, texts)
    opened = [month for month in pairs if "items" in changed[month] or month not in have]
    standing = renew_standing(repository, wanted, min(opened)) if opened else {}
    for month in standing.keys() - have - set(pairs):
        pairs[month] = (None, fresh.get(month) or blank())
    write_sheets(repository, pairs, standing, surplus)
    for month in standing:
        changed.setdefault(month, set()).add("standing")
    return changed, pairs


def differing(before: Texts | None, texts: Texts) -> set[str]:
    """What a new sheet says otherwise than the one before."""
    if before is None:
        return set(EVERYTHING - {"standing"})
    found = {"items"} if before["items"] != texts["items"] else set()
    for part, names in MANY.items():
        if before[part] != texts[part]:
            old, new = orjson.loads(before[part]), orjson.loads(texts[part])
            found.update(name for name in names if old[name] != new[name])
    # A blank at the end tells that the same acts count otherwise now (`absences.py`).
    return found | {"acts"} if before["acts"].endswith(" ") else found


def renew_standing(repository: int, wanted: Collection[date], start: date) -> dict[date, str]:
    """What stands differently at the end of each month from `start` on."""
    months = sorted(month for month in wanted if month >= start)
    old = stored_sheets(repository, ["standing"], months)
    found = standing_sheets(Chosen(repository), months)
    return {
        month: text
        for month, text in found.items()
        if month not in old or old[month]["standing"] != text
    }


def write_sheets(
    repository: int,
    pairs: dict[date, tuple[Texts | None, Texts]],
    standing: dict[date, str],
    surplus: Collection[date],
) -> None:
    """Write changed parts; what is changed in part keeps the rest."""
    key, written = ("repository_id", "month"), (*SUMS, *PARTS[:-1])
    kept = {
        month: (
            *(repository, month.isoformat(), *sums_of(texts["days"])),
            *(texts[part] for part in PARTS[:-1]),
        )
        for month, (_, texts) in pairs.items()
        if month not in surplus
    }
    whole = [(*row, standing[month]) for month, row in kept.items() if month in standing]
    upsert(TABLE, key, (*written, "standing"), whole)
    most = [(*row, "") for month, row in kept.items() if month not in standing]
    upsert(TABLE, key, written, most, once=("standing",))
    rest = [
        (repository, month.isoformat(), text, *(0 for _ in SUMS), *("" for _ in PARTS[:-1]))
        for month, text in standing.items()
        if month not in pairs
    ]
    upsert(TABLE, key, ("standing",), rest, once=written)


def sums_of(days: str) -> tuple[int, int, int]:
    """Acts of people, and what was received and expected, in a month; in the order of `SUMS`."""
    part = orjson.loads(days)
    received = [column for _, *column in part["received"]]
    return (
        sum(times for _, times in part["totals"]),
        sum(one for one, _ in received),
        sum(one for _, one in received),
    )
