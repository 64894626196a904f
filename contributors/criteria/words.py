"""What a rule asks and what somebody lacks, in the reader's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from contributors.activity.models import Contribution
from contributors.criteria.clauses import GROUPS, Clause
from contributors.criteria.evaluating import Measure, Verdict

KINDS = dict(Contribution.Kind.choices)
YES_OR_NO = frozenset({"maintainer", "bot", "suspended"})


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and the sentences under it."""

    text: str
    parts: tuple["Said", ...] = ()


def said(document: Clause) -> Said:
    """A valid document as nested sentences."""
    ((word, body),) = document.items()
    if word in GROUPS:
        title = _("All of these:") if word == "all" else _("At least one of these:")
        return Said(title, tuple(said(one) for one in body))
    if word == "not":
        return Said(_("This must not hold:"), (said(body),))
    return Said(sentence(word, body))


def sentence(word: str, body: Any) -> str:
    """One clause that is no group."""
    if word == "count":
        return _together([_counted(body), *_caps(body.get("caps", {})), *_places(body)])
    if word == "spread":
        return _together([*_spread(body), *_places(body)])
    if word == "tenure":
        text = ngettext(
            "The first contribution was at least %(n)s day ago.",
            "The first contribution was at least %(n)s days ago.",
            body["days"],
        )
        return text % {"n": _number(body["days"])}
    if word == "member_of":
        return _("Maintains the project %(project)s.") % {"project": body["project"]}
    return _together([_is_not(flag) for flag in body])


def title(verdict: Verdict) -> str:
    """What a group or a clause asks, without its parts."""
    if verdict.word in GROUPS:
        return _("All of these:") if verdict.word == "all" else _("At least one of these:")
    if verdict.word == "not":
        return _("This must not hold:")
    return sentence(verdict.word, verdict.body)


def label(measure: Measure) -> str:
    """What a number counts."""
    return {
        "acts": _("Contributions that count"),
        "weeks": _("Weeks"),
        "repositories": _("Repositories"),
        "days": _("Days since the first contribution"),
        "maintainer": _("Maintains the project"),
        "bot": _("Not a bot"),
        "suspended": _("Not suspended"),
    }[measure.what]


def text(measure: Measure) -> str:
    """Have of needed; yes or no where nothing is counted."""
    if measure.what in YES_OR_NO:
        return _("yes") if measure.holds else _("no")
    numbers = {"have": _number(measure.have), "needed": _number(measure.needed)}
    return _("%(have)s of %(needed)s") % numbers


def lacking(measure: Measure, body: Any) -> str:
    """How much more it takes; empty where it is enough or nothing to count."""
    n = measure.lacking
    if not n or measure.what in YES_OR_NO:
        return ""
    texts = {
        "acts": ngettext(
            "Not yet: %(n)s more contribution.", "Not yet: %(n)s more contributions.", n
        ),
        "weeks": ngettext("Not yet: %(n)s more week.", "Not yet: %(n)s more weeks.", n),
        "repositories": ngettext(
            "Not yet: %(n)s more repository.", "Not yet: %(n)s more repositories.", n
        ),
        "days": ngettext("Not yet: %(n)s more day.", "Not yet: %(n)s more days.", n),
    }
    found = texts[measure.what]
    if measure.what == "acts" and len(body["kinds"]) == 1:
        found = _("Not yet: %(n)s more (%(kind)s).")
    kind = KINDS[body["kinds"][0]] if "kinds" in body else ""
    return found % {"n": _number(n), "kind": kind}


def cap_reason(cap: str) -> str:
    """Why a cap left an act out."""
    return {
        "per_day": _("over the most of one kind on one day in one repository"),
        "per_repository": _("over the most of one kind in one repository"),
        "per_kind": _("over the most of one kind"),
    }[cap]


def _counted(body: Any) -> str:
    text = ngettext(
        "At least %(n)s contribution in %(days)s days: %(kinds)s.",
        "At least %(n)s contributions in %(days)s days: %(kinds)s.",
        body["at_least"],
    )
    return text % {
        "n": _number(body["at_least"]),
        "days": _number(body["days"]),
        "kinds": _list(body["kinds"]),
    }


def _caps(caps: Clause) -> list[str]:
    texts = {
        "per_day": _("Of one kind on one day in one repository, at most %(n)s count."),
        "per_repository": _("Of one kind in one repository, at most %(n)s count."),
        "per_kind": _("Of one kind, at most %(n)s count."),
    }
    return [one % {"n": _number(caps[cap])} for cap, one in texts.items() if cap in caps]


def _spread(body: Any) -> list[str]:
    texts = {
        "weeks": ngettext(
            "In at least %(n)s week within %(days)s days: %(kinds)s.",
            "In at least %(n)s weeks within %(days)s days: %(kinds)s.",
            body.get("weeks", 1),
        ),
        "repositories": ngettext(
            "In at least %(n)s repository within %(days)s days: %(kinds)s.",
            "In at least %(n)s repositories within %(days)s days: %(kinds)s.",
            body.get("repositories", 1),
        ),
    }
    rest = {"days": _number(body["days"]), "kinds": _list(body["kinds"])}
    return [one % {**rest, "n": _number(body[what])} for what, one in texts.items() if what in body]


def _places(body: Any) -> list[str]:
    if "projects" not in body:
        return []
    return [_("Only in these projects: %(names)s.") % {"names": ", ".join(body["projects"])}]


def _is_not(flag: str) -> str:
    return _("Is not a bot.") if flag == "bot" else _("Is not suspended.")


def _list(kinds: Sequence[str]) -> str:
    between = "、" if _is_chinese() else ", "
    return between.join(str(KINDS[kind]) for kind in kinds)


def _together(sentences: Sequence[str]) -> str:
    return ("" if _is_chinese() else " ").join(sentences)


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _number(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)
