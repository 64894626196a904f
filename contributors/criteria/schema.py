"""The JSON Schema of rule documents, for programs that write them.

It says what `clauses.problems_of` checks, but for the depth and the number of clauses.
"""

from typing import Any

from contributors.criteria.clauses import (
    CAPS,
    EXCLUSIONS,
    KINDS,
    LARGEST,
    LONGEST_DAYS,
    MOST_CLAUSES,
    MOST_LISTED,
    MOST_WEEKS,
    ROLES,
    SLUG,
)

Schema = dict[str, Any]


def _whole(most: int) -> Schema:
    return {"type": "integer", "minimum": 1, "maximum": most}


def _some(words: tuple[str, ...]) -> Schema:
    one = {"enum": list(words)}
    return {"type": "array", "items": one, "minItems": 1, "uniqueItems": True}


def _object(required: Schema, optional: Schema | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


_PROJECT = {"type": "string", "pattern": f"^{SLUG}$"}
_PROJECTS = {
    "type": "array",
    "items": _PROJECT,
    "minItems": 1,
    "maxItems": MOST_LISTED,
    "uniqueItems": True,
}
_WINDOW = {"kinds": _some(KINDS), "days": _whole(LONGEST_DAYS)}
_CLAUSE = {"$ref": "#/$defs/clause"}
_CLAUSES = {"type": "array", "items": _CLAUSE, "minItems": 1, "maxItems": MOST_CLAUSES}
_BODIES: Schema = {
    "all": _CLAUSES,
    "any": _CLAUSES,
    "not": _CLAUSE,
    "count": _object(
        {**_WINDOW, "at_least": _whole(LARGEST)},
        {"caps": _object({}, {cap: _whole(LARGEST) for cap in CAPS}), "projects": _PROJECTS},
    ),
    "spread": {
        **_object(
            _WINDOW,
            {
                "weeks": _whole(MOST_WEEKS),
                "repositories": _whole(LARGEST),
                "projects": _PROJECTS,
            },
        ),
        "anyOf": [{"required": ["weeks"]}, {"required": ["repositories"]}],
    },
    "tenure": _object({"days": _whole(LONGEST_DAYS)}),
    "member_of": _object({"project": _PROJECT, "role": {"enum": list(ROLES)}}),
    "is_not": _some(EXCLUSIONS),
}
SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Criteria of a Guildhall community",
    "$ref": "#/$defs/clause",
    "$defs": {
        "clause": {"oneOf": [_object({word: body}) for word, body in _BODIES.items()]},
    },
}
