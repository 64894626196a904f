"""Everything we know about somebody, as a zip of JSON files."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.serializers.json import DjangoJSONEncoder

from community.audit.models import Event
from community.people.models import Person

Rows = Iterable[Mapping[str, Any]]
_sources: dict[str, Callable[[Person], Rows]] = {}
IN_MEMORY = 5 * 1024 * 1024
PROFILE = (
    *("handle", "name", "email", "bio", "website", "location", "languages"),
    *("interface_language", "time_zone", "visibility", "is_bot", "bot_reason"),
    *("is_active", "is_staff", "is_superuser", "joined_at", "claimed_at", "last_login"),
)
README = """What this community knows about @{handle}, as of {at:%Y-%m-%d %H:%M} UTC.

One JSON file per kind of record, each a list of objects. Times are UTC.
E-mail addresses seen in commits are never kept: `email_hash` is a keyed hash
that cannot be turned back into an address. Passwords and keys are not included.

{files}
"""


def register(name: str, rows: Callable[[Person], Rows]) -> None:
    """Have `name`.json in every export; called from an app's `panels.py`."""
    _sources[name] = rows


def write_export(*, person: Person, at: datetime) -> IO[bytes]:
    """The zip, at its beginning; large ones wait on disk rather than in memory."""
    found = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    with ZipFile(found, "w", ZIP_DEFLATED) as archive:
        for name, rows in _sources.items():
            with archive.open(f"{name}.json", "w") as file:
                _write_list(file, rows(person))
        if person.avatar:
            archive.writestr("avatar.webp", person.avatar.read())
        files = "\n".join(sorted(archive.namelist()))
        archive.writestr("README.txt", README.format(handle=person.handle, at=at, files=files))
    found.seek(0)
    return found


def _write_list(file: IO[bytes], rows: Rows) -> None:
    opening = b"[\n"
    for row in rows:
        file.write(opening + json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False).encode())
        opening = b",\n"
    file.write(b"\n]\n" if opening == b",\n" else b"[]\n")


def _identities(person: Person) -> Rows:
    for identity in person.identities.prefetch_related("logins").order_by("pk"):
        fields = ("provider", "uid", "login", "name", "email_hash", "email_domain", "avatar_url")
        yield {
            **{field: getattr(identity, field) for field in fields},
            "first_seen_at": identity.first_seen_at,
            "verified_at": identity.verified_at,
            "logins": [[past.login, past.seen_from] for past in identity.logins.all()],
        }


register("profile", lambda person: Person.objects.filter(pk=person.pk).values(*PROFILE))
register("identities", _identities)
register(
    "affiliations",
    lambda person: person.affiliations.values(
        "organization__name", "starts_on", "ends_on", "source"
    ),
)
register("leaves", lambda person: person.leaves.values("starts_on", "ends_on", "note"))
register("past_handles", lambda person: person.past_handles.values("handle", "given_up_at"))
register(
    "merges",
    lambda person: person.merges.values("absorbed__handle", "reason", "merged_at", "undone_at"),
)
register(
    "sign_in_methods",
    lambda person: SocialAccount.objects.filter(user=person).values(
        "provider", "uid", "extra_data", "date_joined", "last_login"
    ),
)
register(
    "second_factors",
    lambda person: Authenticator.objects.filter(user=person).values(
        "type", "created_at", "last_used_at"
    ),
)
register(
    "email_addresses",
    lambda person: EmailAddress.objects.filter(user=person).values("email", "verified", "primary"),
)
register(
    "log",
    lambda person: (
        Event.objects.filter(actor=person)
        .order_by("number")
        .values("number", "verb", "subject", "happened_at")
    ),
)
