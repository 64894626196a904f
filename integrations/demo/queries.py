"""What the demo community would collide with, and what real data hangs on it."""

from collections.abc import Iterator
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from community.audit.models import Event
from community.people.models import Affiliation, Identity, Merge, Organization, Person
from community.projects.models import Project, Repository
from contributors.activity.models import Contribution, WorkItem
from contributors.criteria.models import Rule, RuleVersion
from governance.ballots.models import Election
from governance.rolls.models import Officer, Request, Roll
from integrations.connections.models import Source
from integrations.demo import elections, electorate
from integrations.demo.models import Loading
from integrations.demo.voters import SLUG
from integrations.demo.works import EMPLOYERS, WORKS


def names_taken() -> list[str]:
    """Names of the demo's projects and employers that this site already uses."""
    projects = Project.objects.filter(slug__in=[one.slug for one in WORKS])
    organizations = Organization.objects.filter(
        Q(slug__in=[one.slug for one in EMPLOYERS])
        | Q(name__in=[one.name for one in EMPLOYERS])
        | Q(domains__domain__in=[domain for one in EMPLOYERS for domain in one.domains])
    )
    return [
        *projects.values_list("name", flat=True),
        *organizations.distinct().values_list("name", flat=True),
        *Rule.objects.filter(slug=SLUG).values_list("title", flat=True),
        *Roll.objects.filter(slug=electorate.SLUG).values_list("title", flat=True),
        *Election.objects.filter(slug__in=elections.SLUGS).values_list("title", flat=True),
    ]


def real_data_on(loading: Loading) -> list[str]:
    """What was added by people and would be lost with the demo, as phrases; empty: nothing."""
    counted = [(rows.count(), name) for rows, name in _hanging(loading)]
    return [f"{count} {name}" for count, name in counted if count]


def _hanging(loading: Loading) -> Iterator[tuple[QuerySet[Any], str]]:
    people, identities = loading.ids("people"), loading.ids("identities")
    repositories, organizations = loading.ids("repositories"), loading.ids("organizations")
    ours = Q(repository__in=repositories)
    acts = Contribution.objects
    yield acts.filter(~ours, identity__in=identities), _("contributions elsewhere by its people")
    yield (
        acts.filter(ours).exclude(identity=None).exclude(identity__in=identities),
        _("contributions of other people to it"),
    )
    items = WorkItem.objects.filter(~ours)
    yield (
        items.filter(Q(author__in=identities) | Q(closed_by__in=identities)),
        _("issues and change requests elsewhere of its people"),
    )
    yield (
        Repository.objects.filter(project__in=loading.ids("projects")).exclude(pk__in=repositories),
        _("repositories added to its projects"),
    )
    yield Source.objects.filter(repository__in=repositories), _("connections to its repositories")
    yield (
        Identity.objects.filter(person__in=people).exclude(pk__in=identities),
        _("accounts added to its people"),
    )
    yield (
        Person.objects.filter(pk__in=people).exclude(last_login=None),
        _("of its people who signed in"),
    )
    versions = RuleVersion.objects.filter(rule__in=loading.ids("rules"))
    yield versions.exclude(created_by=None), _("versions of its rule that people wrote")
    yield from _on_rolls(loading)
    yield SocialAccount.objects.filter(user__in=people), _("sign-ins linked to its people")
    yield (
        Affiliation.objects.filter(organization__in=organizations).exclude(person__in=people),
        _("affiliations of other people with its organizations"),
    )
    yield (
        Merge.objects.filter(
            Q(kept__in=people) & ~Q(absorbed__in=people)
            | ~Q(kept__in=people) & Q(absorbed__in=people)
        ),
        _("merges of its people with others"),
    )
    yield Event.objects.filter(actor__in=people), _("deeds of its people in the audit log")


def _on_rolls(loading: Loading) -> Iterator[tuple[QuerySet[Any], str]]:
    """What people asked or made where its roll and its rule are."""
    people, rolls = loading.ids("people"), loading.ids("rolls")
    others = Roll.objects.exclude(pk__in=rolls)
    yield (
        others.filter(
            Q(criteria__rule__in=loading.ids("rules")) | Q(voters__person__in=people)
        ).distinct(),
        _("other electoral rolls by its rule or with its people"),
    )
    mine = Q(roll__in=rolls)
    yield Request.objects.filter(mine).exclude(by__in=people), _("requests of people to its roll")
    held = Election.objects.filter(mine).exclude(pk__in=loading.ids("elections"))
    yield held, _("other elections on its roll")
    yield Officer.objects.filter(mine).exclude(person__in=people), _("officers of its roll")
