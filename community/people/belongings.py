"""What hangs on people, whichever wing keeps it: looked at before two records become one."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import gettext as _

from community.people.models import Affiliation, Identity, Person

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Counts = list[tuple["_StrPromise | str", int]]


def with_belongings(identities: Iterable[Identity]) -> list[tuple[Identity, "Counts"]]:
    """Each identity with how many rows of which kind point to it."""
    listed = list(identities)
    found: dict[int, Counts] = {identity.pk: [] for identity in listed}
    for relation in Identity._meta.related_objects:
        if relation.name == "logins":
            continue
        word = relation.related_model._meta.verbose_name_plural or relation.name
        counted = Identity.objects.filter(pk__in=found).annotate(rows=Count(relation.name))
        for key, rows in counted.exclude(rows=0).values_list("pk", "rows"):
            found[key].append((word, rows))
    return [(identity, found[identity.pk]) for identity in listed]


def conflicts(kept: Person, absorbed: Person) -> list[str]:
    """In sentences, what speaks against two records being one person."""
    return [
        *_account_conflicts(kept, absorbed),
        *_identity_conflicts(kept, absorbed),
        *_affiliation_conflicts(kept, absorbed),
    ]


def _account_conflicts(kept: Person, absorbed: Person) -> Iterator[str]:
    if kept.is_claimed and absorbed.is_claimed:
        yield _("Somebody signs in as each of them.")
    if kept.is_bot != absorbed.is_bot:
        yield _("One of them is a bot.")


def _identity_conflicts(kept: Person, absorbed: Person) -> Iterator[str]:
    numbered = Identity.objects.exclude(provider="git")
    mine = numbered.filter(person=kept).values("provider")
    shared = numbered.filter(person=absorbed, provider__in=mine)
    for provider in sorted(set(shared.values_list("provider", flat=True))):
        text = _("They are different accounts at the same provider, %(provider)s.")
        yield text % {"provider": provider}


def _affiliation_conflicts(kept: Person, absorbed: Person) -> Iterator[str]:
    theirs = list(absorbed.affiliations.select_related("organization"))
    for mine in kept.affiliations.select_related("organization"):
        for other in theirs:
            if mine.organization_id != other.organization_id and mine.overlaps(other):
                text = _("At the same time %(one)s and %(other)s.")
                yield text % {"one": _place(mine), "other": _place(other)}


def _place(affiliation: Affiliation) -> str:
    return str(affiliation.organization or _("independent"))
