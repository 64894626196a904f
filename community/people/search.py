"""The text by which a person is found."""

from collections.abc import Iterable

from community.lib.text import searchable
from community.people.models import Person
from community.people.visibility import shows_logins


def search_text(handle: str, name: str, logins: Iterable[str] = ()) -> str:
    """What `Person.search_text` holds: handle, name and logins, each once."""
    return searchable(" ".join(dict.fromkeys(part for part in (handle, name, *logins) if part)))


def index_people(keys: Iterable[int]) -> int:
    """Write the search text of these people anew; answers how many there were."""
    people = list(Person.objects.filter(pk__in=list(keys)).prefetch_related("identities"))
    for person in people:
        shown = person.identities.all() if shows_logins(person) else []
        logins = sorted(identity.login for identity in shown)
        person.search_text = search_text(person.handle, person.name, logins)
    Person.objects.bulk_update(people, ["search_text"], batch_size=500)
    return len(people)
