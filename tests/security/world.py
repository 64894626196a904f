"""One of everything, and everybody who may try to reach it."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.test import Client
from django.utils import timezone

from community.jobs.clock import story_at
from community.jobs.models import Job
from community.people.merging import merge_people
from community.people.models import Affiliation, BotLogin, Leave, Person
from community.people.signin import make_link
from community.projects.actions import create_project
from community.tokens.actions import issue_token
from contributors.activity.models import Contribution, WorkItem
from contributors.criteria.actions import create_rule
from contributors.retention.models import Drift
from governance.ballots.actions import create_election, freeze_election
from governance.ballots.nominating import nominate
from governance.rolls.models import Officer, Proposal
from integrations.connections.credentials import add_token
from integrations.connections.models import Connection, Source
from tests import factories
from tests.factories import rolls
from tests.factories.ballots import draft_of, drafted, sealed_roll
from tests.factories.deliveries import deliver
from tests.factories.notices import notice

ROLES = (
    "anonymous",
    "member",
    "owner",
    "maintainer",
    "superuser",
    "read token",
    "write token",
    "maintainer token",
)
HANDLER = Client().handler


@dataclass
class World:
    """Ids for the placeholders of the table, and a client for each role."""

    ids: dict[str, str]
    people: dict[str, Person]
    secrets: dict[str, str]
    sessions: dict[str, str] = field(default_factory=dict)

    def client(self, role: str) -> Client:
        """A fresh browser or program in this role."""
        client = Client()
        # Setting up the middleware anew takes longer than most requests.
        client.handler = HANDLER
        if role.endswith("token"):
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.secrets[role]}"
        elif role in self.people:
            client.cookies[settings.SESSION_COOKIE_NAME] = self._session(role)
        return client

    def sign_in(self) -> None:
        """Have the session of each, as long as the world lasts."""
        for role in self.people:
            self._session(role)

    def _session(self, role: str) -> str:
        """The session of this role, begun at its first use."""
        if role not in self.sessions:
            browser = Client()
            backend = "django.contrib.auth.backends.ModelBackend"
            browser.force_login(self.people[role], backend=backend)
            self.sessions[role] = browser.cookies[settings.SESSION_COOKIE_NAME].value
        return self.sessions[role]


def build() -> World:
    """The member owns an affiliation and a token; the owner maintains the project `lantern`."""
    now = timezone.now()
    people = {
        "member": factories.person("mira", claimed_at=now),
        "owner": factories.person("olga", claimed_at=now),
        "maintainer": factories.person("magnus", claimed_at=now, is_staff=True),
        "superuser": factories.person("root", claimed_at=now, is_staff=True, is_superuser=True),
    }
    secrets = {
        "read token": _secret(people["member"], "read"),
        "write token": _secret(people["member"], "read", "write"),
        "maintainer token": _secret(people["maintainer"], "admin:sync", "read", "write"),
    }
    ids = _people(people) | _work(people) | _rolls(people) | _contest(people)
    _election(people)
    ids["notice"] = str(notice(people["member"]).pk)
    ids["token"] = str(people["member"].api_tokens.order_by("pk")[0].pk)
    return World(ids, people, secrets)


def _secret(person: Person, *scopes: str) -> str:
    now = timezone.now()
    return issue_token(
        person=person, label="test", scopes=scopes, expires_at=now + timedelta(days=1), at=now
    )[1]


def _people(people: dict[str, Person]) -> dict[str, str]:
    now = timezone.now()
    stranger, twin = factories.person("stranger"), factories.person("twin")
    factories.identity(stranger)
    merge = merge_people(kept=stranger, absorbed=twin, by=people["maintainer"], at=now)
    acme = factories.organization("acme")
    job = Affiliation.objects.create(
        person=people["member"], organization=acme, starts_on=date(2024, 1, 1)
    )
    leave = Leave.objects.create(person=people["member"], starts_on=date(2024, 1, 1))
    link = make_link(person=people["owner"], by=people["maintainer"], at=now)
    return {
        "handle": "stranger",
        "merge": str(merge.pk),
        "organization": "acme",
        "affiliation": str(job.pk),
        "leave": str(leave.pk),
        "bot": str(BotLogin.objects.create(login="robot").pk),
        "welcome": link.rstrip("/").rsplit("/", 1)[-1],
    }


def _contest(people: dict[str, Person]) -> dict[str, str]:
    """A draft in whose roll the member and the owner are; the owner stands."""
    roll = sealed_roll([people["member"], people["owner"]])
    election, owner = drafted(roll, (), is_of_people=True), people["owner"]
    nominate(election=election, person=owner, by=owner, at=timezone.now())
    return {"contest": election.slug, "candidate": owner.handle}


def _work(people: dict[str, Person]) -> dict[str, str]:
    now = timezone.now()
    project = create_project(
        slug="lantern", name="Lantern", actor=None, at=now, maintainers=[people["owner"]]
    )
    repository = factories.repository(project)
    Drift.objects.create(
        person=Person.objects.get(handle="stranger"),
        since=now.date() - timedelta(days=90),
        usual=20,
        recent=0,
        reason="stopped",
        months_from=date(2024, 1, 1),
        months=[20] * 18,
        repositories=[repository.pk],
        known_until=now.date(),
        version=1,
    )
    item = WorkItem.objects.create(
        repository=repository,
        source="github",
        kind="issue",
        external_id="1",
        number=1,
        title="It flickers",
        state="open",
        opened_at=now,
        updated_at=now,
    )
    act = Contribution.objects.create(
        repository=repository,
        source="github",
        kind="issue",
        external_id="1",
        occurred_at=now,
        recorded_at=now,
    )
    create_rule(slug="voters", title="Voters", document={"is_not": ["bot"]}, by=None, at=now)
    connection = Connection.objects.create(provider="github", label="GitHub", created_at=now)
    credential = add_token(connection=connection, token="not-a-token-of-anybody", at=now)
    source = Source.objects.create(
        repository=repository,
        connection=connection,
        connector="github",
        location="guild/lantern",
        created_at=now,
    )
    job = Job.objects.create(task="test", run_at=now, created_at=now, state=Job.State.PARKED)
    return {
        "project": "lantern",
        "repository": str(repository.pk),
        "work_item": str(item.pk),
        "contribution": str(act.pk),
        "connection": str(connection.pk),
        "credential": str(credential.pk),
        "source": str(source.pk),
        "job": str(job.pk),
        "delivery": str(deliver("ping", {"hook_id": 1}, repository=repository).pk),
    }


def _rolls(people: dict[str, Person]) -> dict[str, str]:
    """The owner is an officer of the roll; the member is not on it and asks to be."""
    now, stranger = timezone.now(), Person.objects.get(handle="stranger")
    roll = rolls.published([stranger], now + timedelta(days=7))
    officer = Officer.objects.create(roll=roll, person=people["owner"])
    wanted = Proposal.objects.create(
        roll=roll, person=stranger, kind="remove", reason="Left.", by=people["owner"], at=now
    )
    asked = rolls.request(roll, person=people["member"])
    return {"officer": str(officer.pk), "proposal": str(wanted.pk), "request": str(asked.pk)}


def _election(people: dict[str, Person]) -> None:
    """Open to the member alone; the owner is its officer."""
    opened = timezone.now().replace(microsecond=0) - timedelta(hours=1)
    roll = sealed_roll([people["member"]], [people["owner"]])
    draft = draft_of(roll, opens_at=opened, closes_at=opened + timedelta(days=7))
    with story_at(opened):
        election = create_election(slug="mascot", draft=draft, by=None, at=opened)
        freeze_election(election=election, by=None, at=opened)
