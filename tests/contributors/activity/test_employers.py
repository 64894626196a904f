"""People known by a mail domain alone work there from their first act under it on."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from community.jobs.models import Job
from community.people.actions import affiliate_by_domain
from community.people.models import Affiliation, OrganizationDomain, Person
from contributors.activity.ingest import ingest
from contributors.activity.records import Actor, Batch, ContributionRecord
from contributors.metrics.models import Figure
from tests import factories
from tests.factories import ledger

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 31, tzinfo=UTC)
MARCH, APRIL, MAY = date(2026, 3, 10), date(2026, 4, 10), date(2026, 5, 10)


def at_domain(name: str, domain: str) -> Actor:
    uid = f"{name}@{domain}"
    return Actor("git", uid, name=name, email_hash=uid, email_domain=domain)


def commit(who: Actor, moment: date | datetime) -> ContributionRecord:
    when = moment if isinstance(moment, datetime) else ledger.noon(moment)
    return ContributionRecord("git", "commit", f"{who.uid}{when}", who, when, updated_at=when)


def fill(repository, *records: ContributionRecord) -> None:
    ingest(repository=repository, batch=Batch(contributions=records), at=AT)


def employer(slug: str, domain: str):
    made = factories.organization(slug)
    OrganizationDomain.objects.create(organization=made, domain=domain)
    return made


def starts() -> list[date | None]:
    return list(Affiliation.objects.order_by("pk").values_list("starts_on", flat=True))


def test_the_affiliation_starts_on_the_day_of_the_first_act_in_utc():
    employer("acme", "acme.example")
    ada = at_domain("ada", "acme.example")
    east = datetime(2026, 3, 10, 1, tzinfo=timezone(timedelta(hours=8)))

    fill(factories.repository(), commit(ada, east), commit(ada, APRIL))

    assert starts() == [date(2026, 3, 9)]


@pytest.mark.parametrize("order", [(MARCH, APRIL, MAY), (MAY, APRIL, MARCH), (APRIL, MARCH, MAY)])
def test_the_start_is_the_same_in_whatever_order_acts_arrive(order):
    employer("acme", "acme.example")
    ada = at_domain("ada", "acme.example")

    for day in order:
        fill(factories.repository(), commit(ada, day))

    assert starts() == [MARCH]


def test_acts_under_another_domain_say_nothing_about_this_employer():
    employer("acme", "acme.example")
    ada, private = at_domain("ada", "acme.example"), at_domain("ada", "home.example")
    fill(factories.repository(), commit(ada, APRIL))
    person = Person.objects.get(affiliations__isnull=False)
    factories.identity(person, provider="git", uid=private.uid, email_domain="home.example")

    fill(factories.repository(), commit(private, MARCH))

    assert starts() == [APRIL]


@pytest.mark.parametrize("source", ["person", "maintainer"])
def test_what_people_stated_is_not_moved(source):
    employer("acme", "acme.example")
    ada = at_domain("ada", "acme.example")
    fill(factories.repository(), commit(ada, APRIL))
    Affiliation.objects.update(source=source)

    fill(factories.repository(), commit(ada, MARCH))

    assert starts() == [APRIL]


def test_a_stay_that_was_over_before_the_act_is_left_alone():
    acme = employer("acme", "acme.example")
    ada = at_domain("ada", "acme.example")
    fill(factories.repository(), commit(ada, MAY))
    Affiliation.objects.filter(organization=acme).update(starts_on=None, ends_on=APRIL)

    fill(factories.repository(), commit(ada, APRIL))

    assert starts() == [None]


def test_a_domain_that_is_named_later_looks_back_to_the_first_act():
    ada = at_domain("ada", "acme.example")
    fill(factories.repository(), commit(ada, MAY))
    fill(factories.repository(), commit(ada, MARCH))
    acme = employer("acme", "acme.example")

    affiliate_by_domain(organization=acme, at=AT)

    assert starts() == [MARCH]


def test_repeating_a_batch_tells_nobody_again():
    employer("acme", "acme.example")
    ada, repository = at_domain("ada", "acme.example"), factories.repository()
    fill(repository, commit(ada, MARCH))
    told = Job.objects.filter(task="metrics.note_people").count()

    fill(repository, commit(ada, MARCH))

    assert (told, Job.objects.filter(task="metrics.note_people").count()) == (1, 1)


def test_figures_count_the_employer_of_the_day_and_follow_when_it_starts_earlier():
    """Ada acts privately in March and for Acme from May, then an act for Acme in April appears."""
    for slug in ("acme", "labs"):
        employer(slug, f"{slug}.example")
    ada, bob = at_domain("ada", "acme.example"), at_domain("bob", "labs.example")
    fill(
        factories.repository(),
        commit(ada, MAY),
        *(commit(bob, day) for day in (MARCH, APRIL, MAY)),
    )
    person = Person.objects.get(name="ada")
    private = at_domain("ada", "home.example")
    factories.identity(person, provider="git", uid=private.uid, email_domain="home.example")
    fill(factories.repository(), *(commit(private, day) for day in (MARCH, APRIL)))
    ledger.settle_figures()

    before = factors()
    fill(factories.repository(), commit(ada, APRIL - timedelta(days=5)))
    ledger.settle_figures()

    assert (before, factors()) == (
        {3: (1, {"labs": 1}), 4: (1, {"labs": 1}), 5: (2, {"acme": 1, "labs": 1})},
        {3: (1, {"labs": 1}), 4: (1, {"acme": 2, "labs": 1}), 5: (2, {"acme": 1, "labs": 1})},
    )


def factors() -> dict[int, tuple[float | None, dict[str, int]]]:
    """The elephant factor of each month, and how much each organization did."""
    slugs = dict(Affiliation.objects.values_list("organization", "organization__slug"))
    rows = Figure.objects.filter(scope="community", metric="elephant_factor")
    return {
        row.month.month: (
            row.value,
            {slugs[pk]: count for pk, count in row.details["organizations"]},
        )
        for row in rows.order_by("month")
    }
