"""The common shape of a rule as the fields of a form, and back; anything else stays JSON."""

import json
from collections.abc import Mapping
from typing import Any

from contributors.criteria.clauses import CAPS, EXCLUSIONS, Clause, normal

Fields = Mapping[str, Any]
EXTRA = "extra"


def composed(fields: Fields) -> dict[str, Any] | None:
    """The document that these fields say; None where they say nothing."""
    found = [*_window_clauses(fields)]
    if fields.get("tenure_days"):
        found.append({"tenure": {"days": fields["tenure_days"]}})
    if fields.get("exclusions"):
        found.append({"is_not": list(fields["exclusions"])})
    if fields.get(EXTRA):
        found.append(fields[EXTRA])
    if not found:
        return None
    return normal(found[0] if len(found) == 1 else {"all": found})


def _window_clauses(fields: Fields) -> list[dict[str, Any]]:
    window = {"kinds": list(fields.get("kinds") or []), "days": fields.get("days")}
    found: list[dict[str, Any]] = []
    if fields.get("at_least"):
        caps = {cap: fields[cap] for cap in CAPS if fields.get(cap)}
        found.append({"count": {**window, "at_least": fields["at_least"], "caps": caps}})
    spread = {name: fields[name] for name in ("weeks", "repositories") if fields.get(name)}
    if spread:
        found.append({"spread": {**window, **spread}})
    return found


def fields_of(document: Clause) -> dict[str, Any]:
    """The fields from which `composed` makes this document again."""
    ((word, body),) = document.items()
    found: dict[str, Any] = {}
    for clause in body if word == "all" else [document]:
        _take(clause, found)
    if composed(found) == normal(document):
        return found | {EXTRA: written(found[EXTRA]) if EXTRA in found else ""}
    return {EXTRA: written(document)}


def _take(clause: Clause, found: dict[str, Any]) -> None:
    """Note one clause; what does not fit shows when the document is composed again."""
    ((word, body),) = clause.items()
    if word in {"count", "spread"} and "projects" not in body:
        found |= {name: value for name, value in body.items() if name != "caps"}
        found |= body.get("caps", {})
    elif word == "tenure":
        found["tenure_days"] = body["days"]
    elif word == "is_not":
        found["exclusions"] = [one for one in EXCLUSIONS if one in body]
    else:
        found[EXTRA] = clause


def written(document: Clause) -> str:
    """A document as people read it."""
    return json.dumps(document, indent=2, ensure_ascii=False)
