"""What happens in a private repository is known to who looks after it, and to nobody else."""

import pytest

from contributors.activity.ingest import ingest
from contributors.metrics.actions import rebuild_figures
from tests import factories
from tests.factories.activity import START, actor, batch_of, contribution, hours, work_item
from tests.kept import once

pytestmark = pytest.mark.django_db
PAGES = (
    "/",
    "/activity/?bots=all",
    "/activity/?format=csv",
    "/activity/?format=json",
    "/activity/work/",
    "/activity/work/?format=csv",
    "/activity/work/?waiting=1",
    "/activity/waiting/",
    "/latest.atom",
    "/@user-1/",
    "/projects/vault/",
    "/projects/vault/activity/",
    "/api/v1/contributions/",
    "/api/v1/work-items/",
    "/api/v1/waiting/",
    "/api/v1/repositories/",
)
SECRETS = ("Sealed door", "Vault commit", "vault/issues/1", "guild/vault")


@once
def private_repository():
    project = factories.project("vault")
    repository = factories.repository(
        project, name="guild/vault", url="https://github.com/guild/vault", is_private=True
    )
    url = "https://github.com/guild/vault/issues/1"
    batch = batch_of(
        work_item(1, title="Sealed door", url=url),
        contribution("item-1", kind="issue", work_item=1, title="Sealed door", url=url),
        contribution("c", kind="commit", title="Vault commit", occurred_at=hours(24)),
        contribution("d", kind="commit", title="Vault commit", actor=actor(2)),
    )
    ingest(repository=repository, batch=batch, at=START)
    rebuild_figures(at=hours(24 * 50))
    return repository


@pytest.fixture
def vault(db):
    """A private repository of a project with an open issue and a commit."""
    return private_repository()


def told(client, address: str) -> list[str]:
    """Which secrets an answer tells."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    body = b"".join(answer) if answer.streaming else answer.content
    return [secret for secret in SECRETS if secret in body.decode().replace("\\/", "/")]


@pytest.mark.parametrize("address", PAGES)
def test_neither_visitors_nor_members_learn_of_it(client, member_client, vault, address):
    assert (told(client, address), told(member_client, address)) == ([], [])


@pytest.mark.parametrize("address", PAGES)
def test_public_repositories_would_be_told_of(client, vault, address):
    """The negative control: what is looked for would be there."""
    vault.is_private = False
    vault.save()

    assert told(client, address) != []


def test_its_maintainers_see_it(client, member, vault):
    vault.project.maintainers.add(member)
    client.force_login(member)

    assert [address for address in PAGES if not told(client, address)] == ["/latest.atom"]


def test_its_completeness_is_not_there_for_others(client, maintainer_client, vault):
    address = f"/activity/completeness/{vault.pk}/"

    answers = [one.get(address).status_code for one in (client, maintainer_client)]

    assert answers == [404, 200]
    assert client.get(f"/api/v1/repositories/{vault.pk}/").status_code == 404
