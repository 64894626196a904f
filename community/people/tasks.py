"""Jobs on people."""

from datetime import timedelta

from django.utils import timezone

from community.jobs.registry import task
from community.people.actions import affiliate_by_domain
from community.people.models import Identity, Organization, Person
from community.people.pictures import copy_picture, plan_pictures
from community.people.search import index_people

MOST_INDEXED = 5000  # stays below the number of values SQLite takes in one question


@task("people.fetch_avatar", commits_itself=True, is_chore=True)
def fetch_avatar(*, identity_id: int) -> None:
    """Keep a copy of the picture an identity shows elsewhere, unless the person has one."""
    identity = Identity.objects.select_related("person").get(pk=identity_id)
    copy_picture(identity=identity, at=timezone.now())


@task("people.fetch_avatars", every=timedelta(minutes=10), is_chore=True)
def fetch_avatars() -> None:
    """Every ten minutes: one job per person whose picture was never asked for."""
    plan_pictures(at=timezone.now())


@task("people.index_new", every=timedelta(minutes=10))
def index_new() -> None:
    """Find people who came in by a sync and cannot be searched for yet."""
    unknown = Person.objects.filter(search_text="", erased_at=None).order_by("pk")
    index_people(unknown.values_list("pk", flat=True)[:MOST_INDEXED])


@task("people.affiliate_by_domain", every=timedelta(hours=6))
def affiliate() -> None:
    """Affiliate newcomers whose mail domain names their employer."""
    for organization in Organization.objects.exclude(domains=None):
        affiliate_by_domain(organization=organization, at=timezone.now())
