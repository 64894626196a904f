"""Why a rule cannot be written or revised."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from community.lib.refusals import Refused
from contributors.criteria.clauses import Clause, Problem, digest, projects_in

RESERVED = frozenset({"new"})  # an address of its own


def why_not_call_it(slug: str, *, is_taken: bool) -> Refused | None:
    """Whether a rule may have this short name."""
    if slug in RESERVED:
        return Refused("reserved", _("Choose another short name: this one is an address here."))
    if is_taken:
        return Refused("taken", _("Another rule has this short name."))
    return None


def why_not_document(problems: Sequence[Problem]) -> Refused | None:
    """Whether a document may be a rule; the reason names the first thing that is wrong."""
    return Refused("wrong_document", str(problems[0])) if problems else None


def why_not_revise(document: Clause, current: str) -> Refused | None:
    """Whether a valid document says anything else than the version with this digest."""
    if digest(document) == current:
        return Refused("unchanged", _("This asks the same as the version in force."))
    return None


def unknown_projects(document: Clause, known: Iterable[str]) -> list[Problem]:
    """The projects that a valid document names and that are not there, each with its path."""
    there = set(known)
    return [
        Problem(path, _("There is no project “%(slug)s”.") % {"slug": slug})
        for path, slugs in projects_in(document).items()
        for slug in slugs
        if slug not in there
    ]
