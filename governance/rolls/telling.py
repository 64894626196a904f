"""What people are told of rolls."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_noop as _

from community.lib.refusals import Sentence
from community.notifications.actions import notify_many
from governance.rolls.models import Request, Roll

PUBLISHED = _(
    "You are on the electoral roll “%(roll)s”. Requests to change it are taken until %(until_at)s."
)
DECIDED = _("Your request about the electoral roll “%(roll)s” is decided.")
TAKEN_OFF = _("You were taken off the electoral roll “%(roll)s”. Its page says why.")


def tell_of_roll(*, roll: Roll, at: datetime) -> int:
    """Tell everybody on a published roll, once."""
    until = roll.requests_until.isoformat() if roll.requests_until else ""
    return notify_many(
        people_ids=roll.voters.standing().values_list("person", flat=True),
        topic="rolls.published",
        sentence=Sentence(PUBLISHED, {"roll": roll.title, "until_at": until}),
        url=reverse("rolls:me", args=[roll.slug]),
        key=f"roll:{roll.pk}:published",
        at=at,
    )


def tell_of_decision(*, request: Request, at: datetime) -> int:
    """Tell who asked; and whoever is off the roll by it, which is nobody's request of theirs."""
    values = {"roll": request.roll.title}
    told = notify_many(
        people_ids=[request.by_id],
        topic="rolls.decided",
        sentence=Sentence(DECIDED, values),
        url=request.get_absolute_url(),
        key=f"roll:{request.roll_id}:request:{request.pk}",
        at=at,
    )
    is_off = request.kind == Request.Kind.EXCLUDE and request.state == Request.State.ACCEPTED
    if is_off and request.person_id != request.by_id:
        told += notify_many(
            people_ids=[request.person_id],
            topic="rolls.decided",
            sentence=Sentence(TAKEN_OFF, values),
            url=reverse("rolls:me", args=[request.roll.slug]),
            key=f"roll:{request.roll_id}:off:{request.pk}",
            at=at,
        )
    return told
