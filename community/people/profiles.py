"""Whose page an address means, and what of it a viewer sees."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import F

from community.people.models import IdentityLogin, PastHandle, Person
from community.people.visibility import SECTIONS, may_see, shows_logins

LONGEST_CHAIN = 20


def find_person(handle: str) -> Person | None:
    """Whoever this name means: by handle, then by an earlier handle or login of one person alone.

    A login leads to nobody who hides their accounts elsewhere. A person merged
    into another answers as the one that was kept.
    """
    person = Person.objects.called(handle).first()
    if person is None:
        logins = IdentityLogin.objects.filter(login__iexact=handle).select_related(
            "identity__person"
        )
        holders = {
            *PastHandle.objects.filter(handle__iexact=handle).values_list("person", flat=True),
            *(one.identity.person_id for one in logins if shows_logins(one.identity.person)),
        }
        person = Person.objects.get(pk=holders.pop()) if len(holders) == 1 else None
    return kept_person(person) if person else None


def kept_person(person: Person) -> Person:
    """The end of the chain of merges that begins at this person."""
    for _step in range(LONGEST_CHAIN):
        if person.merged_into is None:
            break
        person = person.merged_into
    return person


def sections_shown(viewer: Person | AnonymousUser, person: Person) -> dict[str, Any]:
    """The rows of each section that the viewer may see, and whose page it is."""
    visible = {section: may_see(viewer, person, section) for section in SECTIONS}
    newest_first = F("starts_on").desc(nulls_last=True)
    stays = person.affiliations.select_related("organization").order_by(newest_first, "-pk")
    identities = person.identities.alive().prefetch_related("logins").order_by("provider", "pk")
    return {
        "visible": visible,
        "affiliations": stays if visible["affiliations"] else [],
        "identities": identities if visible["identities"] else [],
        "is_self": viewer.pk == person.pk,
    }
