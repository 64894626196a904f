"""What pages show of a rule: its clauses with meters and acts, and how versions differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from contributors.activity.models import Contribution
from contributors.criteria import words
from contributors.criteria.clauses import Clause
from contributors.criteria.composing import written
from contributors.criteria.evaluating import Measure, Verdict
from contributors.criteria.explaining import SHOWN, Evidence, Explanation, Rows, acts_shown
from contributors.criteria.models import RuleVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.people.models import Person

    Viewer = Person | AnonymousUser

Acts = Mapping[int, Contribution]


@dataclass(frozen=True, slots=True)
class ClauseCard:
    """One clause of a verdict as the page shows it."""

    path: str
    title: str
    holds: bool
    is_negated: bool  # below a `not`: where it holds, that is not wanted
    meters: list[dict[str, Any]]
    parts: list["ClauseCard"]
    counted: list[Contribution]
    left_out: list[tuple[Contribution, str]]
    counted_in_all: int = 0
    left_out_in_all: int = 0
    rows: tuple[Rows, ...] = ()


def cards_of(explanation: Explanation, viewer: "Viewer") -> ClauseCard:
    """The whole verdict for a reader, who is shown no repository they may not know of."""
    return _card(explanation.verdict, explanation.evidence, acts_shown(explanation, viewer))


def _card(
    verdict: Verdict, evidence: Mapping[str, Evidence], acts: Acts, *, is_negated: bool = False
) -> ClauseCard:
    mine = evidence.get(verdict.path, Evidence((), (), ()))
    latest = [acts[pk] for pk in reversed(mine.counted[-SHOWN:]) if pk in acts]
    beyond = [
        (acts[pk], words.cap_reason(cap))
        for pk, cap in reversed(mine.left_out[-SHOWN:])
        if pk in acts
    ]
    turned = is_negated != (verdict.word == "not")
    return ClauseCard(
        verdict.path,
        words.title(verdict),
        verdict.holds,
        is_negated,
        [meter(one, verdict.body, is_negated=is_negated) for one in verdict.measures],
        [_card(one, evidence, acts, is_negated=turned) for one in verdict.parts],
        latest,
        beyond,
        len(mine.counted),
        len(mine.left_out),
        mine.rows,
    )


def meter(measure: Measure, body: Any, *, is_negated: bool) -> dict[str, Any]:
    """Have of needed as the part `_meter.html` draws it, which ends where it is enough.

    Below a `not`, enough is bad, and nobody is told to do more.
    """
    return {
        "label": words.label(measure),
        "text": words.text(measure),
        "is_yes_or_no": measure.what in words.YES_OR_NO,
        "share": min(1.0, measure.have / measure.needed),
        "kind": "good" if measure.holds != is_negated else "warn",
        "note": "" if is_negated else words.lacking(measure, body),
    }


@dataclass(frozen=True, slots=True)
class VersionCard:
    """A version with the lines in which it differs from the one before."""

    version: RuleVersion
    lines: list[tuple[str, str]]  # same, new, gone


def versions_of(versions: list[RuleVersion]) -> list[VersionCard]:
    """Each version, the newest first, beside the one before it."""
    earlier = [*versions[1:], None]
    return [
        VersionCard(one, difference(before.document, one.document) if before else [])
        for one, before in zip(versions, earlier, strict=True)
    ]


def difference(before: Clause, after: Clause) -> list[tuple[str, str]]:
    """The lines that came and went, with a few around them; a dot line where others stand."""
    old, new = written(before).splitlines(), written(after).splitlines()
    found: list[tuple[str, str]] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes():
        if group[0][1]:
            found.append(("same", "…"))
        for word, first, last, start, end in group:
            if word == "equal":
                found += [("same", line) for line in old[first:last]]
            else:
                found += [("gone", line) for line in old[first:last]]
                found += [("new", line) for line in new[start:end]]
    return found


def written_verdict(explanation: Explanation) -> dict[str, Any]:
    """The same for programs: each clause that is no group, with the ids of contributions."""
    nothing = Evidence((), (), ())
    clauses = [
        {
            "path": leaf.path,
            "holds": leaf.holds,
            "measures": [
                {"what": one.what, "have": one.have, "needed": one.needed} for one in leaf.measures
            ],
            "counted": list(mine.counted),
            "left_out": [{"contribution": pk, "cap": cap} for pk, cap in mine.left_out],
            "rows": [one.url for one in mine.rows],
        }
        for leaf in explanation.verdict.leaves()
        for mine in [explanation.evidence.get(leaf.path, nothing)]
    ]
    return {"holds": explanation.verdict.holds, "clauses": clauses}
