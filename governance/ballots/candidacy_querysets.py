"""Reads of candidacies and of who endorses them."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F
from django.db.models.functions import Coalesce

from community.people.erasure import with_absorbed

if TYPE_CHECKING:
    from community.people.models import Person
    from governance.ballots.models import Candidacy, Election, Endorsement


def human(person: str) -> Coalesce:
    """Whom a record of a person stands for today: the one it was merged into, if it was."""
    return Coalesce(f"{person}__merged_into__merged_into", f"{person}__merged_into", person)


class CandidacyQuerySet(models.QuerySet["Candidacy"]):
    """Those proposed for seats."""

    def of_person(self, person: "Person") -> Self:
        """Of somebody and of the records merged into them."""
        return self.filter(person__in=with_absorbed(person.pk))

    def standing(self) -> Self:
        """Those who accepted and did not withdraw."""
        return self.filter(state="accepted")

    def of_voters(self, election: "Election") -> Self:
        """Of those who stand on the election's roll now, themselves or by a record merged in."""
        voters: Any = election.roll.voters.all()
        on_roll = voters.standing().annotate(who=human("person")).values("who")
        return self.annotate(who=human("person")).filter(who__in=on_roll)

    def shown_to(self, ids: Collection[int]) -> Self:
        """Those whom everybody sees.

        Who declined is shown to themselves and to who nominated them: to these `ids`.
        """
        mine = models.Q(person__in=ids) | models.Q(nominated_by__in=ids)
        return self.filter(~models.Q(state="declined") | mine)

    def withdrawn_since_frozen(self, election: "Election") -> Self:
        """Those who stand on a ballot that was announced, and withdrew after that."""
        on_ballot = election.options.exclude(person=None).values("person")
        return self.filter(election=election, state="withdrawn", person__in=on_ballot)


class EndorsementQuerySet(models.QuerySet["Endorsement"]):
    """Voters who support somebody."""

    def of_person(self, person: "Person") -> Self:
        """By somebody and by the records merged into them."""
        return self.filter(person__in=with_absorbed(person.pk))

    def counted(self, election: "Election") -> Self:
        """Each with `who`: those of voters who stand on the roll now, the candidate's own left out.

        Two records of one human count once, under the same `who`.
        """
        voters: Any = election.roll.voters.all()
        on_roll = voters.standing().annotate(who=human("person")).values("who")
        found = self.filter(candidacy__election=election).annotate(
            who=human("person"), candidate=human("candidacy__person")
        )
        return found.filter(who__in=on_roll).exclude(who=F("candidate"))
