"""Who may do what with people and organizations."""

import rules

from community.people.models import Affiliation, Person


@rules.predicate
def is_own(person: Person, affiliation: Affiliation | None) -> bool:
    """Their own affiliation."""
    return affiliation is not None and affiliation.person_id == person.pk


rules.add_perm("people.merge_people", rules.is_staff)
rules.add_perm("people.flag_bots", rules.is_staff)
rules.add_perm("people.let_in", rules.is_staff)
rules.add_perm("people.edit_organizations", rules.is_staff)
rules.add_perm("people.edit_affiliation", rules.is_staff | is_own)
