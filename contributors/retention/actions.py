"""What maintainers do about somebody who became quiet, and what came of it."""

from collections import defaultdict
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, Sum

from community.audit.actions import record
from community.people.erasure import with_absorbed
from community.people.models import Person
from community.projects.models import Project
from contributors.activity.models import DayCount
from contributors.metrics.definitions.drifting import enough, returned_on
from contributors.metrics.queries import COMMUNITY, extent_of
from contributors.retention.finding import drifts
from contributors.retention.models import Drift, FollowUp
from contributors.retention.queries import maintainers_of
from contributors.retention.rules import why_not_assign, why_not_follow_up, why_not_snooze

COLUMNS = ("since", "usual", "recent", "reason", "months_from", "months", "areas")
KEPT = (*COLUMNS, "repositories", "known_until", "version")


@transaction.atomic
def write_note(
    *, person: Person, project: Project | None, text: str, by: Person, at: datetime
) -> FollowUp:
    """Keep what was said or learned. Raises `Refused`."""
    return _follow_up(FollowUp(kind="note", text=text), person, project, by=by, at=at)


@transaction.atomic
def assign_contact(
    *, person: Person, project: Project | None, contact: Person, by: Person, at: datetime
) -> FollowUp:
    """Have a maintainer get in touch; nothing is sent to anybody. Raises `Refused`."""
    is_maintainer = maintainers_of(project).filter(pk=contact.pk).exists()
    if refusal := why_not_assign(contact, person, is_maintainer=is_maintainer):
        raise refusal
    return _follow_up(FollowUp(kind="contact", contact=contact), person, project, by=by, at=at)


@transaction.atomic
def snooze_person(
    *, person: Person, project: Project | None, until: date, by: Person, at: datetime
) -> FollowUp:
    """Leave somebody alone until a day. Raises `Refused`."""
    if refusal := why_not_snooze(until, at.date()):
        raise refusal
    return _follow_up(FollowUp(kind="snooze", until=until), person, project, by=by, at=at)


@transaction.atomic
def close_case(
    *, person: Person, project: Project | None, text: str = "", by: Person, at: datetime
) -> FollowUp:
    """Expect nobody back: list the person no more until they drift away anew. Raises `Refused`."""
    pending = FollowUp.objects.pending().shown_in(project).filter(person=person)
    pending.update(outcome="closed", outcome_on=at.date())
    made = FollowUp(kind="close", text=text, outcome="closed", outcome_on=at.date())
    return _follow_up(made, person, project, by=by, at=at)


def _follow_up(
    made: FollowUp, person: Person, project: Project | None, *, by: Person, at: datetime
) -> FollowUp:
    """Write it beside how much would be a return, and log it without its text."""
    if refusal := why_not_follow_up(person, by):
        raise refusal
    drift = Drift.objects.filter(person=person).first()
    made.person, made.project, made.by, made.at = person, project, by, at
    made.wanted = enough(drift.usual) if drift else 1
    made.save()
    verb = f"retention.{made.kind}_made"
    record(verb=verb, subject=person, actor=by, at=at, follow_up=made.pk)
    return made


@transaction.atomic
def refresh_drifts(*, at: datetime) -> None:
    """Find anew who drifts away and who returned."""
    extent = extent_of(COMMUNITY)
    found = drifts(extent.end) if extent else []
    Drift.objects.bulk_create(
        found, update_conflicts=True, unique_fields=["person"], update_fields=KEPT
    )
    Drift.objects.exclude(person__in=[one.person_id for one in found]).delete()
    note_returns(at=at)


@transaction.atomic
def note_returns(*, at: datetime) -> None:
    """Mark what is pending as returned where the person is as active again as it takes."""
    pending = list(FollowUp.objects.pending().select_related("person").order_by("pk"))
    days = _days_since(pending)
    for one in pending:
        day = returned_on(days[one.person_id], after=one.at.date(), wanted=one.wanted)
        waiting = FollowUp.objects.pending().filter(pk=one.pk)
        if day and waiting.update(outcome="returned", outcome_on=day):
            record(verb="retention.returned", subject=one.person, at=at, follow_up=one.pk)


def _days_since(pending: list[FollowUp]) -> defaultdict[int, dict[date, int]]:
    """What each person did on each day since the first of these."""
    found: defaultdict[int, dict[date, int]] = defaultdict(dict)
    if pending:
        people = Q(identity__person__in={one.person_id for one in pending})
        since = min(one.at.date() for one in pending)
        rows = DayCount.objects.filter(people, day__gt=since).order_by()
        counted = rows.values("identity__person", "day").annotate(times=Sum("count"))
        for row in counted:
            found[row["identity__person"]][row["day"]] = row["times"]
    return found


@transaction.atomic
def forget_person(*, person_id: int) -> None:
    """Take away what was written about somebody who is erased, and who was merged into them."""
    people = with_absorbed(person_id)
    FollowUp.objects.filter(person__in=people).delete()
    Drift.objects.filter(person__in=people).delete()
