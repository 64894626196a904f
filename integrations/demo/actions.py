"""Verbs on the demo community."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from community.audit.actions import record
from community.lib.refusals import Refused
from community.people.models import Identity, Organization, Person
from community.projects.models import Project, Repository
from contributors.activity.ingest import ingest
from contributors.activity.models import Completeness, Contribution, DayCount, WorkItem
from contributors.activity.planning import count_grown_tables
from contributors.attention.actions import refresh_reviews
from contributors.criteria.models import Rule
from contributors.metrics.actions import rebuild_figures
from contributors.retention.actions import refresh_drifts
from governance.ballots.actions import discard_election
from governance.ballots.models import Election
from governance.rolls.actions import discard_roll
from governance.rolls.models import Roll
from integrations.demo.elections import make_elections
from integrations.demo.electorate import make_rolls
from integrations.demo.models import Loading
from integrations.demo.notices import tell_people
from integrations.demo.population import identities_of, make_organizations, make_people
from integrations.demo.queries import names_taken, real_data_on
from integrations.demo.records import actors_in, batch_of
from integrations.demo.rules import why_not_load, why_not_remove
from integrations.demo.settlement import make_project, make_repository, note_completeness
from integrations.demo.story import tell
from integrations.demo.voters import make_rule

SEED = 1
PEOPLE = 150


@transaction.atomic
def load_demo(*, seed: int = SEED, people: int = PEOPLE, at: datetime) -> Loading:
    """Invent the community of this seed and take it in through the one door.

    All of it or nothing. Raises `Refused` when it is there already or its names are taken.
    """
    if refusal := why_not_load(is_loaded=Loading.objects.exists(), taken=names_taken()):
        raise refusal
    story = tell(seed=seed, people=people, at=at)
    organizations = make_organizations()
    persons = make_people(story, organizations)
    projects = {
        work.slug: make_project(story, work, persons)
        for work in dict.fromkeys(chapter.work for chapter in story.chapters)
    }
    loading = Loading(seed=seed, people=people, told_at=at)
    repositories: list[int] = []
    actors: set[tuple[str, str]] = set()
    for chapter in story.chapters:
        repository = make_repository(story, chapter, projects[chapter.work.slug])
        batch = batch_of(chapter)
        count_grown_tables()
        ingest(repository=repository, batch=batch, at=at)
        note_completeness(repository, chapter, batch, at)
        repositories.append(repository.pk)
        actors |= actors_in(batch)
    rule = make_rule(at)
    rolls = make_rolls(story, persons, rule, at)
    identities = identities_of(actors, list(persons.values()))
    tell_people(persons.values(), rule, at)
    loading.made = {
        "organizations": [one.pk for one in organizations.values()],
        "projects": [one.pk for one in projects.values()],
        "repositories": repositories,
        "identities": sorted(identities),
        "people": sorted(set(identities.values())),
        "rules": [rule.pk],
        "rolls": [roll.pk for roll in rolls],
        "elections": [one.pk for one in make_elections(rolls, at)],
    }
    loading.save()
    rebuild_figures(at=at)
    refresh_drifts(at=at)
    refresh_reviews(at=at)
    record(verb="demo.loaded", subject=loading, at=at, seed=seed, people=people)
    return loading


@transaction.atomic
def remove_demo(*, at: datetime) -> None:
    """Take away exactly what the demo community made; the audit log keeps that it was here.

    Raises `Refused` when none is loaded or real data hangs on it.
    """
    loading = Loading.objects.select_for_update().first()
    if loading is None:
        raise Refused("not_loaded", _("No demo community is loaded."))
    if refusal := why_not_remove(real_data_on(loading)):
        raise refusal
    repositories = loading.ids("repositories")
    for table in (Contribution, DayCount, WorkItem, Completeness):
        table._default_manager.filter(repository__in=repositories).delete()
    for election in Election.objects.filter(pk__in=loading.ids("elections")):
        discard_election(election=election)
    for roll in Roll.objects.filter(pk__in=loading.ids("rolls")):
        discard_roll(roll=roll)
    Rule.objects.filter(pk__in=loading.ids("rules")).delete()
    Repository.objects.filter(pk__in=repositories).delete()
    Project.objects.filter(pk__in=loading.ids("projects")).delete()
    Identity.objects.filter(pk__in=loading.ids("identities")).delete()
    Person.objects.filter(pk__in=loading.ids("people")).delete()
    Organization.objects.filter(pk__in=loading.ids("organizations")).delete()
    rebuild_figures(at=at)
    refresh_drifts(at=at)
    record(verb="demo.removed", subject=loading, at=at, seed=loading.seed)
    loading.delete()
