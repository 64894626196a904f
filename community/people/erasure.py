"""Forgetting a person: the name goes, the counts stay."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from community.audit.actions import record
from community.jobs.topics import publish
from community.people.actions import set_avatar
from community.people.hashing import tombstone
from community.people.leaves import tell_of
from community.people.models import AccessLink, IdentityLogin, Merge, PastHandle, Person
from community.people.rules import why_not_erase, why_not_leave_without_admin

BLANK = {
    **dict.fromkeys(("name", "email", "bio", "website", "location"), ""),
    **dict.fromkeys(("interface_language", "time_zone", "search_text"), ""),
}


@transaction.atomic
def erase_person(*, person: Person, typed: str, by: Person, at: datetime) -> None:
    """Wipe everything that names somebody, here and in records merged into them.

    What remains is a pseudonym, the counts of what was done, dated affiliations
    for the figures of organizations, and a keyed hash by which a later sync
    recognizes the identity without naming it. Raises `Refused`.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    admins = Person.objects.present().filter(is_superuser=True, is_active=True)
    refusal = why_not_erase(person, typed)
    refusal = refusal or why_not_leave_without_admin(person, admins.exclude(pk=person.pk).count())
    if refusal:
        raise refusal
    for each in _with_absorbed(person):
        _wipe(each, at)
    record(verb="people.erased", subject=person, actor=by, at=at)
    publish("people.erased", person_id=person.pk)


def with_absorbed(person_id: int) -> set[int]:
    """The ids of a person and of everyone merged into them, however deep."""
    people, new = {person_id}, {person_id}
    while new:
        merged = Person.objects.filter(merged_into__in=new).values_list("pk", flat=True)
        new = set(merged) - people
        people |= new
    return people


def _with_absorbed(person: Person) -> list[Person]:
    """The person and everyone merged into them, however deep."""
    found, new = [person], [person]
    while new:
        new = list(Person.objects.filter(merged_into__in=new))
        found.extend(new)
    return found


def _wipe(person: Person, at: datetime) -> None:
    set_avatar(person=person, picture=None)
    for field, value in BLANK.items():
        setattr(person, field, value)
    person.handle = _pseudonym(person)
    person.languages, person.visibility = [], {}
    person.is_active = person.is_staff = person.is_superuser = False
    person.last_login = person.claimed_at = None
    person.erased_at = at
    # A new unusable password also ends every session that carried the old one.
    person.set_unusable_password()
    person.save()
    person.groups.clear()
    person.user_permissions.clear()
    for project_id in person.maintained_projects.values_list("pk", flat=True):
        publish("projects.maintainers_changed", project_id=project_id)
    person.maintained_projects.clear()
    _close_account(person)
    _wipe_identities(person, at)


def _pseudonym(person: Person) -> str:
    """A handle that says nothing, even where a source named somebody so."""
    handle = f"erased-{person.pk}"
    while Person.objects.called(handle).exclude(pk=person.pk).exists():
        handle += "x"
    return handle


def _close_account(person: Person) -> None:
    for table in (SocialAccount, EmailAddress, Authenticator):
        table.objects.filter(user=person).delete()
    AccessLink.objects.filter(person=person).delete()
    person.api_tokens.all().delete()
    PastHandle.objects.filter(person=person).delete()
    for leave in person.leaves.all():
        tell_of(leave)
        leave.delete()
    Merge.objects.filter(Q(kept=person) | Q(absorbed=person)).update(reason="")
    kind = ContentType.objects.get_for_model(Person)
    LogEntry.objects.filter(content_type=kind, object_id=str(person.pk)).update(
        object_repr=person.handle, change_message=""
    )
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(person.pk):
            session.delete()


def _wipe_identities(person: Person, at: datetime) -> None:
    IdentityLogin.objects.filter(identity__person=person).delete()
    for identity in person.identities.alive():
        identity.uid = tombstone(identity.provider, identity.uid)
        identity.login = identity.name = identity.avatar_url = ""
        identity.email_domain = identity.email_hash = ""
        identity.verified_at, identity.erased_at = None, at
        identity.save()
