"""Who may do what with elections: staff begin them, officers of the roll answer for them."""

import rules

from community.people.models import Person
from governance.ballots.models import Election


def _answers_for(person: Person, election: Election | None) -> bool:
    """Whether somebody is an officer of the election's roll."""
    if election is None or not person.is_active or person.pk is None:
        return False
    return election.roll.officers.deciding().filter(person=person).exists()


answers_for = rules.predicate(_answers_for)

rules.add_perm("ballots.create_election", rules.is_staff)
rules.add_perm("ballots.run_election", answers_for)
# Until it is announced, staff may help to write it.
rules.add_perm("ballots.write_election", rules.is_staff | answers_for)
