"""Jobs that move elections on; each may run twice."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from community.jobs.actions import enqueue
from community.jobs.clock import database_now
from community.jobs.registry import task
from community.jobs.runner import RetryAt
from governance.ballots.actions import (
    close_election,
    count_election,
    publish_election,
    stop_count,
)
from governance.ballots.models import Candidacy, Election
from governance.ballots.nominating import forget_candidate
from governance.ballots.papers import WrongBox, forget_envelopes
from governance.ballots.queries import due_at
from governance.ballots.sealing import destroy_box
from governance.ballots.telling import (
    remind,
    tell_all,
    tell_nominee,
    tell_of_ballot,
    tell_officers,
)

ONCE = frozenset({"ballots.tell_opened", "ballots.remind"})
A_WHILE = timedelta(minutes=1)


@task("ballots.move_on", every=timedelta(minutes=1))
def move_on() -> None:
    """Every minute: a job for each election whose time has come, so that none holds up others."""
    now = database_now()
    for name, elections in due_at(now).items():
        for one in elections:
            # What is told is told once. A job tries again by itself; one that gave up is followed
            # by another within the hour, so that they neither pile up nor leave an election shut.
            moment = "" if name in ONCE else f":{now:%Y%m%d%H}"
            enqueue(name, election_id=one.pk, unique_key=f"{name}:{one.pk}{moment}")


@task("ballots.close")
def close(election_id: int) -> None:
    """Shut a box whose time is up."""
    close_election(election=Election.objects.get(pk=election_id), at=timezone.now())


@task("ballots.count")
def count(election_id: int) -> None:
    """Open a box after the time for challenges; one that is not in order waits for officers."""
    election, now = Election.objects.get(pk=election_id), timezone.now()
    try:
        count_election(election=election, at=now)
    except WrongBox as wrong:
        stop_count(election=election, wrong=wrong, at=now)


@task("ballots.publish")
def publish(election_id: int) -> None:
    """Sign and publish a result that waits for nobody."""
    publish_election(election=Election.objects.get(pk=election_id), at=timezone.now())


@task("ballots.clear_box", commits_itself=True)
def clear_box(election_id: int, **facts: Any) -> None:
    """Leave nothing by which an envelope could be read: neither its key nor its content."""
    election = Election.objects.get(pk=election_id)
    if election.counted_at or election.canceled_at:
        destroy_box(election.uid)
        if not forget_envelopes():
            raise RetryAt(database_now() + A_WHILE, "Somebody still reads the file.")


@task("ballots.tell_announced")
def tell_announced(election_id: int, **facts: Any) -> None:
    """Tell the roll that an election is announced."""
    tell_all(election=Election.objects.get(pk=election_id), what="announced", at=timezone.now())


@task("ballots.tell_opened")
def tell_opened(election_id: int) -> None:
    """Tell the roll that voting has opened."""
    tell_all(election=Election.objects.get(pk=election_id), what="opened", at=timezone.now())


@task("ballots.remind")
def remind_voters(election_id: int) -> None:
    """Remind those who have not voted."""
    remind(election=Election.objects.get(pk=election_id), at=timezone.now())


@task("ballots.tell_of_ballot")
def tell_voter(election_id: int, person_id: int, version: int, **facts: Any) -> None:
    """Tell a voter that a ballot was recorded."""
    election = Election.objects.get(pk=election_id)
    tell_of_ballot(election=election, person_id=person_id, version=version, at=timezone.now())


@task("ballots.tell_published")
def tell_published(election_id: int, **facts: Any) -> None:
    """Tell the roll that there is a result."""
    tell_all(election=Election.objects.get(pk=election_id), what="published", at=timezone.now())


@task("ballots.tell_stopped")
def tell_stopped(election_id: int, **facts: Any) -> None:
    """Tell the officers that a box could not be counted."""
    tell_officers(election=Election.objects.get(pk=election_id), at=timezone.now())


@task("ballots.tell_canceled")
def tell_canceled(election_id: int, **facts: Any) -> None:
    """Tell the roll that an election is called off."""
    tell_all(election=Election.objects.get(pk=election_id), what="canceled", at=timezone.now())


@task("ballots.forget_candidate")
def forget(person_id: int, **facts: Any) -> None:
    """Take away what somebody who is erased wrote as a candidate, and whom they endorsed."""
    forget_candidate(person_id=person_id, at=timezone.now())


@task("ballots.tell_nominee")
def ask_nominee(candidacy_id: int, person_id: int, by_id: int | None, **facts: Any) -> None:
    """Ask whoever was nominated by somebody else."""
    if by_id != person_id:
        found = Candidacy.objects.select_related("election", "person").get(pk=candidacy_id)
        tell_nominee(candidacy=found, at=timezone.now())
