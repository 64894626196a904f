"""Who may do what with people and organizations."""

import rules

from community.people.models import Affiliation, Leave, Person


def _is_own(person: Person, stated: Affiliation | Leave | None) -> bool:
    """Their own affiliation or leave."""
    return stated is not None and stated.person_id == person.pk


is_own = rules.predicate(_is_own)

rules.add_perm("people.merge_people", rules.is_staff)
rules.add_perm("people.flag_bots", rules.is_staff)
rules.add_perm("people.suspend", rules.is_staff)
rules.add_perm("people.let_in", rules.is_staff)
rules.add_perm("people.edit_organizations", rules.is_staff)
rules.add_perm("people.record_leave", rules.is_staff)
rules.add_perm("people.remove_leave", rules.is_staff | is_own)
rules.add_perm("people.edit_affiliation", rules.is_staff | is_own)
