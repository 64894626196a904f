"""Rule documents: what may stand in them, what is wrong in the author's words, one way to write.

A document is a clause; `all`, `any` and `not` hold further ones. `SCHEMA` says
the same for programs. Nothing here asks the database.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from contributors.activity.models import Contribution

Clause = Mapping[str, Any]
KINDS: tuple[str, ...] = tuple(Contribution.Kind.values)
CAPS = ("per_day", "per_repository", "per_kind")  # in the order in which they are applied
EXCLUSIONS = ("bot", "suspended")
ROLES = ("maintainer",)
GROUPS = ("all", "any")
LONGEST_DAYS, LARGEST, MOST_WEEKS, MOST_LISTED = 3650, 100_000, 530, 50
DEEPEST, MOST_CLAUSES = 6, 50
SLUG = r"[-a-zA-Z0-9_]{1,80}"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a document, and the path of the clause that it stands in."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}" if self.path else self.sentence


def problems_of(document: Any) -> list[Problem]:
    """Everything that is wrong; empty for a document that can be evaluated."""
    found = list(_clause(document, "", 1))
    if not found and sum(1 for _one in walk(document)) > MOST_CLAUSES:
        said = _("A rule has at most %(most)s clauses.") % {"most": MOST_CLAUSES}
        found.append(Problem("", said))
    return found


def read(text: str) -> tuple[Any, list[Problem]]:
    """The document that a text holds, and what is wrong with it."""
    try:
        document = json.loads(text, object_pairs_hook=_without_repeats)
    except _Repeated as repeated:
        said = _("“%(name)s” is written twice in one place.") % {"name": _shown(repeated)}
        return None, [Problem("", said)]
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        return None, [Problem("", _("This is not JSON: look at line %(line)s.") % {"line": line})]
    except RecursionError:
        return None, [Problem("", _("Clauses are nested too deeply."))]
    return document, problems_of(document)


class _Repeated(Exception):
    """A name that an object holds twice, of which JSON would keep the last in silence."""


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _Repeated(name)
        found[name] = value
    return found


def normal(document: Clause) -> dict[str, Any]:
    """The same rule with its lists that are sets in order; the order of clauses stays."""
    ((word, body),) = document.items()
    if word in GROUPS:
        return {word: [normal(one) for one in body]}
    if word == "not":
        return {word: normal(body)}
    if word == "is_not":
        return {word: sorted(body)}
    return {word: {key: _in_order(value) for key, value in body.items() if value != {}}}


def _in_order(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def canonical(document: Clause) -> str:
    """The one text of a document: names in order, no spaces, as it is hashed."""
    return json.dumps(normal(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(document: Clause) -> str:
    """The SHA-256 of the canonical text."""
    return sha256(canonical(document).encode()).hexdigest()


def walk(document: Clause, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """Each clause as its path, its word and what it holds; groups before their parts."""
    ((word, body),) = document.items()
    here = path_to(path, word)
    yield here, word, body
    if word in GROUPS:
        for place, one in enumerate(body):
            yield from walk(one, f"{here}[{place}]")
    elif word == "not":
        yield from walk(body, here)


def projects_in(document: Clause) -> dict[str, list[str]]:
    """The projects that a document names, by the path where it names them."""
    found: dict[str, list[str]] = {}
    for path, word, body in walk(document):
        if word in {"count", "spread"} and "projects" in body:
            found[f"{path}.projects"] = body["projects"]
        elif word == "member_of":
            found[f"{path}.project"] = [body["project"]]
    return found


def longest_window(document: Clause) -> int | None:
    """The days of the longest window in which anything is counted; None where nothing is."""
    counted = (body for _path, word, body in walk(document) if word in {"count", "spread"})
    return max((body["days"] for body in counted), default=None)


def path_to(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _clause(document: Any, path: str, depth: int) -> Iterator[Problem]:
    if depth > DEEPEST:
        yield Problem(path, _("Clauses are nested too deeply."))
    elif not isinstance(document, dict) or len(document) != 1:
        words = ", ".join(_WORDS)
        yield Problem(
            path, _("Write an object with one of these words: %(words)s.") % {"words": words}
        )
    else:
        ((word, body),) = document.items()
        if word not in _WORDS:
            said = _("“%(word)s” is none of these words: %(words)s.")
            yield Problem(path, said % {"word": _shown(word), "words": ", ".join(_WORDS)})
        else:
            yield from _WORDS[word](body, path_to(path, word), depth)


def _group(body: Any, path: str, depth: int) -> Iterator[Problem]:
    if not isinstance(body, list) or not body:
        yield Problem(path, _("Write a list of at least one clause."))
        return
    for place, one in enumerate(body[:MOST_CLAUSES]):
        yield from _clause(one, f"{path}[{place}]", depth + 1)
    if len(body) > MOST_CLAUSES:
        yield Problem(path, _("A rule has at most %(most)s clauses.") % {"most": MOST_CLAUSES})


def _not(body: Any, path: str, depth: int) -> Iterator[Problem]:
    yield from _clause(body, path, depth + 1)


def _count(body: Any, path: str, depth: int) -> Iterator[Problem]:
    fields = {"kinds": _kinds, "days": _days, "at_least": _number}
    yield from _fields(body, path, fields, {"caps": _caps, "projects": _projects})


def _spread(body: Any, path: str, depth: int) -> Iterator[Problem]:
    optional = {"weeks": _weeks, "repositories": _number, "projects": _projects}
    yield from _fields(body, path, {"kinds": _kinds, "days": _days}, optional)
    if isinstance(body, dict) and not {"weeks", "repositories"} & body.keys():
        yield Problem(path, _("Say how many weeks or repositories it takes."))


def _tenure(body: Any, path: str, depth: int) -> Iterator[Problem]:
    yield from _fields(body, path, {"days": _days}, {})


def _member_of(body: Any, path: str, depth: int) -> Iterator[Problem]:
    yield from _fields(body, path, {"project": _slug, "role": _role}, {})


def _is_not(body: Any, path: str, depth: int) -> Iterator[Problem]:
    yield from _listed(body, path, EXCLUSIONS)


Check = Callable[[Any, str], Iterator[Problem]]


def _fields(
    body: Any, path: str, required: Mapping[str, Check], optional: Mapping[str, Check]
) -> Iterator[Problem]:
    known = {**required, **optional}
    if not isinstance(body, dict):
        yield Problem(path, _("Write an object with: %(words)s.") % {"words": ", ".join(known)})
        return
    for name in required:
        if name not in body:
            yield Problem(path, _("“%(name)s” is missing.") % {"name": name})
    for name, value in body.items():
        if name in known:
            yield from known[name](value, path_to(path, name))
        else:
            said = _("“%(word)s” is none of these words: %(words)s.")
            yield Problem(path, said % {"word": _shown(name), "words": ", ".join(known)})


def _whole(value: Any, path: str, most: int) -> Iterator[Problem]:
    if type(value) is not int or not 1 <= value <= most:
        yield Problem(path, _("Write a whole number from 1 to %(most)s.") % {"most": most})


def _number(value: Any, path: str) -> Iterator[Problem]:
    yield from _whole(value, path, LARGEST)


def _days(value: Any, path: str) -> Iterator[Problem]:
    yield from _whole(value, path, LONGEST_DAYS)


def _weeks(value: Any, path: str) -> Iterator[Problem]:
    yield from _whole(value, path, MOST_WEEKS)


def _caps(value: Any, path: str) -> Iterator[Problem]:
    yield from _fields(value, path, {}, dict.fromkeys(CAPS, _number))


def _kinds(value: Any, path: str) -> Iterator[Problem]:
    yield from _listed(value, path, KINDS)


def _listed(value: Any, path: str, known: Sequence[str]) -> Iterator[Problem]:
    if not isinstance(value, list) or not value:
        said = _("Write a list of at least one of: %(words)s.")
        yield Problem(path, said % {"words": ", ".join(known)})
        return
    for place, one in enumerate(value[:MOST_LISTED]):
        if one not in known:
            said = _("“%(word)s” is none of these words: %(words)s.")
            yield Problem(
                f"{path}[{place}]", said % {"word": _shown(one), "words": ", ".join(known)}
            )
    if any(one in value[:place] for place, one in enumerate(value[: 2 * MOST_LISTED])):
        yield Problem(path, _("Something is listed twice."))


def _projects(value: Any, path: str) -> Iterator[Problem]:
    is_list = isinstance(value, list) and 1 <= len(value) <= MOST_LISTED
    if not is_list or not all(_is_slug(one) for one in value):
        said = _("Write a list of 1 to %(most)s short names of projects.")
        yield Problem(path, said % {"most": MOST_LISTED})
    elif len(set(value)) < len(value):
        yield Problem(path, _("Something is listed twice."))


def _slug(value: Any, path: str) -> Iterator[Problem]:
    if not _is_slug(value):
        yield Problem(path, _("Write the short name of a project."))


def _is_slug(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(SLUG, value) is not None


def _shown(value: object) -> str:
    """What somebody wrote, short and as any page can carry it."""
    return Truncator(str(value).encode(errors="replace").decode()).chars(40)


def _role(value: Any, path: str) -> Iterator[Problem]:
    if value not in ROLES:
        said = _("“%(word)s” is none of these words: %(words)s.")
        yield Problem(path, said % {"word": _shown(value), "words": ", ".join(ROLES)})


_WORDS: dict[str, Callable[[Any, str, int], Iterator[Problem]]] = {
    "all": _group,
    "any": _group,
    "not": _not,
    "count": _count,
    "spread": _spread,
    "tenure": _tenure,
    "member_of": _member_of,
    "is_not": _is_not,
}
