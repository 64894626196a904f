"""What people are told of an election, and when; nobody is told what anybody chose."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from community.lib.refusals import Sentence
from community.notifications.actions import notify_many
from governance.ballots.models import Candidacy, Election, Envelope, OpenVote
from governance.rolls.models import Officer, Voter

REMIND_BEFORE = timedelta(hours=24)  # or half of the time, where there is less
WORDS = {
    "announced": _(
        "“%(title)s” is put to a vote from %(opens_at)s to %(closes_at)s. You are on the roll. "
        "Fingerprint of its manifest: %(manifest)s"
    ),
    "nominated": _("You are nominated in “%(title)s”. Accept or decline."),
    "opened": _("Voting in “%(title)s” has opened. It closes at %(closes_at)s."),
    "cast": _(
        "A ballot was recorded for you in “%(title)s” (number %(version)s). "
        "If that was not you, vote again and tell the officers."
    ),
    "reminder": _("You have not voted in “%(title)s” yet. Voting closes at %(closes_at)s."),
    "published": _("The result of “%(title)s” is published."),
    "stopped": _("The count of “%(title)s” has stopped. Its page says why."),
    "canceled": _("“%(title)s” is called off."),
}


def tell_all(*, election: Election, what: str, at: datetime) -> int:
    """Tell everybody on the roll one thing, once."""
    people = Voter.objects.standing().filter(roll=election.roll_id)
    return _tell(election, what, people.values_list("person", flat=True), key=what, at=at)


def tell_officers(*, election: Election, at: datetime) -> int:
    """Tell those who answer for an election that its count has stopped, once."""
    people = Officer.objects.deciding().filter(roll=election.roll_id)
    return _tell(election, "stopped", people.values_list("person", flat=True), key="stopped", at=at)


def tell_of_ballot(*, election: Election, person_id: int, version: int, at: datetime) -> int:
    """Tell a voter that a ballot of theirs was recorded, so that a stolen session is noticed."""
    return _tell(election, "cast", [person_id], key=f"cast:{version}", at=at, version=version)


def tell_nominee(*, candidacy: Candidacy, at: datetime) -> int:
    """Ask somebody whom others nominated for an answer."""
    key, url = f"nominated:{candidacy.pk}", candidacy.get_absolute_url()
    return _tell(candidacy.election, "nominated", [candidacy.person_id], key=key, at=at, url=url)


def remind(*, election: Election, at: datetime) -> int:
    """Remind those on the roll who have not voted."""
    voted = Envelope.objects.filter(election=election).values("voter")
    said = OpenVote.objects.filter(election=election).exclude(voter=None).values("voter")
    rest = Voter.objects.standing().filter(roll=election.roll_id).exclude(pk__in=voted)
    people = rest.exclude(pk__in=said).values_list("person", flat=True)
    return _tell(election, "reminder", people, key="reminder", at=at)


def reminds_from(election: Election) -> datetime:
    """When those who have not voted are reminded."""
    half = (election.closes_at - election.opens_at) / 2
    return election.closes_at - min(REMIND_BEFORE, half)


def _tell(
    election: Election,
    what: str,
    people: Iterable[int],
    *,
    key: str,
    at: datetime,
    url: str = "",
    **more: Any,
) -> int:
    values = {
        "title": election.title,
        "opens_at": election.opens_at.isoformat(),
        "closes_at": election.closes_at.isoformat(),
        "manifest": election.manifest_sha256,
        **more,
    }
    return notify_many(
        people_ids=list(people),
        topic=f"ballots.{what}",
        sentence=Sentence(WORDS[what], values),
        url=url or election.get_absolute_url(),
        key=f"election:{election.pk}:{key}",
        at=at,
    )
