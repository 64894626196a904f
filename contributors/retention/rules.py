"""Why something cannot be done about somebody who drifts away."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from community.lib.refusals import Refused
from community.people.models import Person

LONGEST_SNOOZE = timedelta(days=366)


def why_not_follow_up(person: Person, by: Person) -> Refused | None:
    """Whether anything may be noted about this person."""
    if person.merged_into_id or person.erased_at:
        return Refused("not_present", _("This person was merged with another or erased."))
    if person.is_bot:
        return Refused("is_bot", _("Bots do not drift away."))
    if person.pk == by.pk:
        return Refused("oneself", _("Let another maintainer follow up on you."))
    return None


def why_not_assign(contact: Person, person: Person, *, is_maintainer: bool) -> Refused | None:
    """Whether somebody may be the one who gets in touch."""
    if contact.pk == person.pk:
        return Refused("own_contact", _("Nobody gets in touch with themselves."))
    if not is_maintainer:
        return Refused("not_maintainer", _("Only a maintainer can be the contact."))
    return None


def why_not_snooze(until: date, today: date) -> Refused | None:
    """Whether somebody may be left alone until this day."""
    if until <= today:
        return Refused("past_day", _("Choose a day after today."))
    if until - today > LONGEST_SNOOZE:
        return Refused("too_far", _("Choose a day within a year."))
    return None
