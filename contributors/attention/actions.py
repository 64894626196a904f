"""Verbs on what wants attention."""

from datetime import datetime

from django.db import transaction

from community.people.models import Person
from community.projects.models import Project, Repository
from contributors.attention.counting import state_of
from contributors.attention.models import ReviewState, Visit
from contributors.attention.rules import held_against, is_worth_a_note

COLUMNS = ["reviewers", "opened", "open_requests", "unreviewed", "oldest", "until"]


def refresh_reviews(*, at: datetime) -> None:
    """Count the reviews of every repository anew, each in a transaction of its own."""
    for repository in Repository.objects.order_by("pk"):
        with transaction.atomic():
            ReviewState.objects.bulk_create(
                [state_of(repository, at)],
                update_conflicts=True,
                unique_fields=["repository"],
                update_fields=COLUMNS,
            )


def note_visit(*, person: Person, project: Project | None, at: datetime) -> Visit:
    """Remember that somebody is here; the answer tells when the visit before ended.

    Writes at most once an hour, and nothing is locked to read.
    """
    visit = Visit.objects.filter(person=person, project=project).first()
    if visit is None:
        return Visit.objects.get_or_create(
            person=person, project=project, defaults={"seen_at": at}
        )[0]
    if not is_worth_a_note(visit.seen_at, at):
        return visit
    seen = visit.seen_at
    visit.before_at = held_against(seen, visit.before_at, at)
    visit.seen_at = at
    # Whoever opened two pages at once has been noted by the other one.
    Visit.objects.filter(pk=visit.pk, seen_at=seen).update(seen_at=at, before_at=visit.before_at)
    return visit


def forget_visits(*, person_id: int) -> None:
    """Forget when somebody who is erased was here."""
    Visit.objects.filter(person=person_id).delete()
