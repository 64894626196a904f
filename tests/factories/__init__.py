"""Makes rows for tests: one plain function per noun, sensible where nothing is said."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from community.people.models import Identity, Organization, Person
from community.projects.models import Project, Repository

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
_numbers = count(1)


def person(handle: str = "", **more: Any) -> Person:
    """A person without a usable password."""
    made = Person(**{"handle": handle or f"person-{next(_numbers)}", "name": "", **more})
    made.set_unusable_password()
    made.save()
    return made


def identity(owner: Person | None = None, **more: Any) -> Identity:
    """A GitHub identity with a numeric id of its own."""
    number = next(_numbers)
    fields = {"provider": "github", "uid": str(number), "login": f"login-{number}"}
    return Identity.objects.create(
        person=owner or person(), **{**fields, "first_seen_at": NOON, **more}
    )


def organization(slug: str = "", **more: Any) -> Organization:
    """A company."""
    slug = slug or f"org-{next(_numbers)}"
    return Organization.objects.create(slug=slug, **{"name": slug.title(), **more})


def project(slug: str = "", **more: Any) -> Project:
    """A code project in the sandbox."""
    slug = slug or f"project-{next(_numbers)}"
    return Project.objects.create(slug=slug, **{"name": slug.title(), "created_at": NOON, **more})


def repository(owner: Project | None = None, **more: Any) -> Repository:
    """A GitHub repository."""
    number = next(_numbers)
    fields = {"provider": "github", "external_id": str(number), "name": f"guild/repo-{number}"}
    return Repository.objects.create(
        project=owner or project(), **{**fields, "created_at": NOON, **more}
    )
