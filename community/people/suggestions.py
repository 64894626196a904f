"""Which records may be one person: only signs for a maintainer to judge, never an act."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.db import models
from django.utils.translation import gettext_lazy as _

from community.people.hashing import email_hash
from community.people.models import Distinction, Identity, Person

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from community.people.querysets import IdentityQuerySet

NOREPLY = "users.noreply.github.com"
# Whoever has an address there shares it with millions: it says nothing of an employer.
SHARED_DOMAINS = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com"),
        *("icloud.com", "me.com", "proton.me", "protonmail.com", "gmx.de", "web.de", "mail.ru"),
        *("qq.com", "163.com", "126.com", "foxmail.com", "sina.com", "yeah.net", "139.com"),
        NOREPLY,
        "",
    }
)


class Sign(models.TextChoices):
    """Why two records may be one person, the strongest sign first."""

    VERIFIED = "verified", _("A verified e-mail address of one appears in commits of the other")
    NOREPLY = "noreply", _("GitHub's private address of one appears in commits of the other")
    ADDRESS = "address", _("The same e-mail address appears in commits of both")
    NAME = "name", _("Same name and same mail domain")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two records, the one to keep first, and the strongest sign that they are one."""

    kept: Person
    absorbed: Person
    sign: Sign

    @property
    def why(self) -> "str | _StrPromise":
        """The sign in words."""
        return self.sign.label


Pair = tuple[int, int]


def suggestions() -> list[Suggestion]:
    """Pairs of present people that bear a sign and were not told apart."""
    signs: dict[Pair, Sign] = {}
    sources = {
        Sign.VERIFIED: _by_verified_address(),
        Sign.NOREPLY: _by_noreply(),
        Sign.ADDRESS: _by_address(),
        Sign.NAME: _by_name(),
    }
    for sign, pairs in sources.items():
        for one, other in pairs:
            signs.setdefault((min(one, other), max(one, other)), sign)
    for pair in Distinction.objects.values_list("first_id", "second_id"):
        signs.pop(pair, None)
    people = Person.objects.present().in_bulk({key for pair in signs for key in pair})
    order = list(Sign)
    found = [
        Suggestion(*_kept_first(people[one], people[other]), sign)
        for (one, other), sign in signs.items()
        if one in people and other in people
    ]
    return sorted(found, key=lambda each: (order.index(each.sign), each.kept.handle.lower()))


def _kept_first(one: Person, other: Person) -> tuple[Person, Person]:
    """Keep whom somebody signs in as, then a record with a handle of their own, then the older."""

    def rank(person: Person) -> tuple[bool, int]:
        return not person.is_claimed, person.pk

    first, second = sorted((one, other), key=rank)
    return first, second


def _alive() -> "IdentityQuerySet":
    return Identity.objects.alive().filter(person__in=Person.objects.present())


def _by_verified_address() -> Iterator[Pair]:
    holders = {
        email_hash(address): person_id
        for address, person_id in EmailAddress.objects.filter(verified=True).values_list(
            "email", "user_id"
        )
    }
    rows = _alive().filter(email_hash__in=holders).values_list("email_hash", "person_id")
    yield from ((holders[known], key) for known, key in rows if holders[known] != key)


def _by_noreply() -> Iterator[Pair]:
    commits = _alive().filter(email_domain=NOREPLY).exclude(email_hash="")
    authors = dict(commits.values_list("email_hash", "person_id"))
    if not authors:
        return
    accounts = _alive().of("github").exclude(login="").values_list("person_id", "uid", "login")
    for person_id, uid, login in accounts:
        for address in (f"{uid}+{login}@{NOREPLY}", f"{login}@{NOREPLY}"):
            author = authors.get(email_hash(address), person_id)
            if author != person_id:
                yield person_id, author


def _by_address() -> Iterator[Pair]:
    rows = _alive().exclude(email_hash="").values_list("email_hash", "person_id")
    yield from _pairs(rows)


def _by_name() -> Iterator[Pair]:
    rows = _alive().exclude(name="").exclude(email_domain__in=SHARED_DOMAINS)
    named = rows.filter(is_bot=False).values_list("name", "email_domain", "person_id")
    yield from _pairs(((name.casefold(), domain), key) for name, domain, key in named)


def _pairs(rows: Iterable[tuple[Hashable, int]]) -> Iterator[Pair]:
    """Each pair of people that share a key; a key of a crowd says nothing."""
    groups: defaultdict[Hashable, set[int]] = defaultdict(set)
    for key, person_id in rows:
        groups[key].add(person_id)
    for group in groups.values():
        if len(group) <= 5:
            yield from combinations(sorted(group), 2)
