"""Whether enough voters from enough employers support a candidacy, and what is lacking."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.ballots.models import Candidacy, Election, Endorsement


@dataclass(frozen=True, slots=True)
class Support:
    """The voters who endorse a candidacy and the employers they come from, beside what it takes."""

    voters: int
    employers: int
    voters_needed: int
    employers_needed: int

    @property
    def is_enough(self) -> bool:
        """Employers are asked for only where voters are."""
        if not self.voters_needed:
            return True
        return self.voters >= self.voters_needed and self.employers >= self.employers_needed

    @property
    def said(self) -> str:
        """Such as “2 of 3 voters, 1 of 2 employers”."""
        if not self.voters_needed:
            return _voters(self.voters)
        needed = self.voters_needed
        text = ngettext("%(have)s of %(needed)s voter", "%(have)s of %(needed)s voters", needed)
        voters = text % {"have": self.voters, "needed": needed}
        if not self.employers_needed:
            return voters
        needed = self.employers_needed
        text = ngettext(
            "%(have)s of %(needed)s employer", "%(have)s of %(needed)s employers", needed
        )
        employers = text % {"have": self.employers, "needed": needed}
        return _("%(voters)s, %(employers)s") % {"voters": voters, "employers": employers}

    @property
    def lacking(self) -> str:
        """What it still takes, as a sentence; empty where it is enough."""
        if self.is_enough:
            return ""
        voters = max(self.voters_needed - self.voters, 0)
        employers = max(self.employers_needed - self.employers, 0)
        if voters and employers:
            both = {"voters": _voters(voters), "employers": _employers(employers)}
            return _("Still lacking: %(voters)s, %(employers)s.") % both
        what = _voters(voters) if voters else _employers(employers)
        return _("Still lacking: %(what)s.") % {"what": what}

    @property
    def meter(self) -> dict[str, Any]:
        """What `parts/_meter.html` shows; its mark stands where enough voters are."""
        whole = max(self.voters, self.voters_needed, 1)
        return {
            "label": _("Endorsements"),
            "text": self.said,
            "share": self.voters / whole,
            "threshold": self.voters_needed / whole,
            "kind": "good" if self.is_enough else "",
            "note": self.lacking,
        }


def _voters(number: int) -> str:
    return ngettext("%(number)s voter", "%(number)s voters", number) % {"number": number}


def _employers(number: int) -> str:
    text = ngettext("%(number)s employer", "%(number)s employers", number)
    return text % {"number": number}


def supports_of(candidacies: Iterable[Candidacy], election: Election) -> dict[int, Support]:
    """The support of each candidacy of an election by its id, in one query."""
    voters: defaultdict[int, set[int]] = defaultdict(set)
    employers: defaultdict[int, set[int]] = defaultdict(set)
    ids = [one.pk for one in candidacies]
    counted: Any = Endorsement.objects.counted(election)
    rows = counted.filter(candidacy__in=ids)
    for candidacy, who, employer in rows.values_list("candidacy", "who", "employer"):
        voters[candidacy].add(who)
        if employer is not None:
            employers[candidacy].add(employer)
    needed = election.endorsers, election.endorsing_employers
    return {pk: Support(len(voters[pk]), len(employers[pk]), *needed) for pk in ids}


def on_roll(candidacies: Iterable[Candidacy], election: Election) -> set[int]:
    """The ids of the candidacies whose people stand on the election's roll now, in one query."""
    found = Candidacy.objects.filter(pk__in=[one.pk for one in candidacies])
    return set(found.of_voters(election).values_list("pk", flat=True))


def is_supported(candidacy: Candidacy, election: Election) -> bool:
    """Whether it has the endorsements that the election asks for; its own person's do not count."""
    return supports_of([candidacy], election)[candidacy.pk].is_enough
