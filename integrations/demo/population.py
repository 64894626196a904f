"""Puts the invented people, their employers and their accounts into the house."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random

from community.people.identities import identify
from community.people.models import (
    Affiliation,
    Identity,
    Leave,
    Organization,
    OrganizationAlias,
    OrganizationDomain,
    Person,
)
from community.people.search import search_text
from integrations.demo.cast import DAYS, ON_LEAVE, Member, Post
from integrations.demo.payloads import user
from integrations.demo.phrases import BIOS, PLACES, PORTRAIT
from integrations.demo.records import git_actor
from integrations.demo.story import Story
from integrations.demo.works import EMPLOYERS, HOST
from integrations.github import mapping

TIME_ZONES = {
    -480: "America/Los_Angeles",
    -300: "America/Toronto",
    -180: "America/Sao_Paulo",
    0: "Europe/Lisbon",
    60: "Europe/Berlin",
    120: "Africa/Johannesburg",
    330: "Asia/Kolkata",
    480: "Asia/Shanghai",
    600: "Australia/Brisbane",
}
Organizations = Mapping[str, Organization]  # by slug


def make_organizations() -> Organizations:
    """The invented employers with their mail domains and other names."""
    made = Organization.objects.bulk_create(
        Organization(slug=one.slug, name=one.name, kind=one.kind, website=f"{HOST}/{one.slug}")
        for one in EMPLOYERS
    )
    pairs = list(zip(made, EMPLOYERS, strict=True))
    OrganizationDomain.objects.bulk_create(
        OrganizationDomain(organization=row, domain=domain)
        for row, employer in pairs
        for domain in employer.domains
    )
    OrganizationAlias.objects.bulk_create(
        OrganizationAlias(organization=row, name=name)
        for row, employer in pairs
        for name in employer.aliases
    )
    return {row.slug: row for row in made}


def make_people(story: Story, organizations: Organizations) -> dict[int, Person]:
    """Everybody of the cast by number, recognized by account and by mail address."""
    actors = {
        one.number: mapping.actor({**(user(one) or {}), "name": one.name}) for one in story.cast
    }
    identify([actor for actor in actors.values() if actor], at=story.began)
    uids = {actor.uid: number for number, actor in actors.items() if actor}
    accounts = Identity.objects.of(mapping.SOURCE).filter(uid__in=uids).select_related("person")
    people = {uids[one.uid]: one.person for one in accounts}
    Identity.objects.bulk_create(
        git_identity(one, address, people[one.number], story.began)
        for one in story.cast
        for address in dict.fromkeys(known_addresses(one))
    )
    for member in story.cast:
        describe(member, people[member.number], story.began)
    if portrayed := next((one for one in story.cast if one.language == "zh"), None):
        people[portrayed.number].bio = PORTRAIT
    fields = ["name", "bio", "location", "languages", "time_zone", "joined_at", "claimed_at"]
    Person.objects.bulk_update(people.values(), [*fields, "search_text"])
    affiliate(story, people, organizations)
    announce(story, people)
    return people


def known_addresses(member: Member) -> Sequence[str]:
    """A few never told that they are the same person as at their former employer."""
    is_forgetful = len(member.addresses) > 1 and member.number % 3 == 0
    return member.addresses[:1] if is_forgetful else member.addresses


def git_identity(member: Member, address: str, person: Person, at: datetime) -> Identity:
    """The person as commits name them."""
    actor = git_actor(member.name, address)
    return Identity(
        person=person,
        provider=actor.provider,
        uid=actor.uid,
        name=member.name,
        email_hash=actor.email_hash,
        email_domain=actor.email_domain,
        is_bot=member.is_bot,
        first_seen_at=at,
    )


def describe(member: Member, person: Person, began: datetime) -> None:
    """What is on the profile; those who stay have signed in and written something."""
    rng = Random(member.number)  # noqa: S311
    person.name = member.name
    person.joined_at = began + timedelta(days=member.joined)
    person.search_text = search_text(person.handle, member.name, [member.login])
    is_regular = member.level == "regular" and member.number % 3
    if member.level != "core" and not is_regular:
        return
    person.claimed_at = person.joined_at + timedelta(days=1)
    person.bio = rng.choice(BIOS[member.language])
    person.location = rng.choice(PLACES[member.language])
    person.languages = ["中文", "English"] if member.language == "zh" else ["English"]
    person.time_zone = TIME_ZONES[member.zone]


def affiliate(story: Story, people: Mapping[int, Person], organizations: Organizations) -> None:
    """Dated employers; independent people say so, of the others nobody knows."""
    Affiliation.objects.bulk_create(
        Affiliation(
            person=people[member.number],
            organization=organizations[post.employer.slug] if post.employer else None,
            starts_on=(story.began + timedelta(days=post.since)).date() if post.since else None,
            ends_on=end_of(member.posts, index, story.began),
            source=source_of(member, post),
        )
        for member in story.cast
        for index, post in enumerate(member.posts)
    )


def announce(story: Story, people: Mapping[int, Person]) -> None:
    """One of those who became quiet had said so, and will be back."""
    for one in story.cast:
        if one.number == ON_LEAVE and one.level == "core":
            start = (story.began + timedelta(days=one.left)).date()
            back = (story.began + timedelta(days=DAYS + 60)).date()
            Leave.objects.create(person=people[one.number], starts_on=start, ends_on=back)


def end_of(posts: Sequence[Post], index: int, began: datetime) -> date | None:
    """The first day of the next post."""
    following = posts[index + 1 : index + 2]
    return (began + timedelta(days=following[0].since)).date() if following else None


def source_of(member: Member, post: Post) -> str:
    """How we know: from the person, from a maintainer, or from a mail domain."""
    sources = Affiliation.Source
    if post.employer is None:
        return sources.PERSON
    return (sources.PERSON, sources.DOMAIN, sources.MAINTAINER)[member.number % 3]


def identities_of(actors: set[tuple[str, str]], people: list[Person]) -> dict[int, int]:
    """The identities of the story with their people, also those that only commits name."""
    uids = [uid for _, uid in actors]
    found = Identity.objects.filter(person__in=people) | Identity.objects.filter(uid__in=uids)
    rows = found.values_list("pk", "person_id", "provider", "uid")
    known = {person.pk for person in people}
    return {
        pk: person
        for pk, person, provider, uid in rows
        if person in known or (provider, uid) in actors
    }
