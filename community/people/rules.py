"""Why not: pure refusals about people."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from community.lib.refusals import Refused
from community.people.handles import is_reserved
from community.people.models import AccessLink, Affiliation, Leave, Merge, Person
from community.people.spans import overlap

SUSPENDED = Refused(
    "suspended", _("This account is suspended. Ask a maintainer of this community why.")
)
USED = Refused("used_link", _("This link has been used. Ask for a new one."))
NOT_PRESENT = Refused("not_present", _("This person was merged with another or erased."))
OUTRANKED = Refused("outranked", _("Only an administrator may do this to an administrator."))


def why_not_claim(person: Person) -> Refused | None:
    """Whether a first sign-in from outside may take over this record."""
    if not person.is_active:
        return SUSPENDED
    if person.is_claimed or person.has_usable_password() or person.is_staff:
        return Refused(
            "claimed_otherwise",
            format_lazy(
                _(
                    "This outside account belongs to @{handle}, who signs in another way. "
                    "If that is you, sign in as usual and connect it there; "
                    "if it is not, ask a maintainer to separate you."
                ),
                handle=person.handle,
            ),
        )
    return None


def why_not_connect(holder: Person | None, person: Person) -> Refused | None:
    """Whether an outside account held by `holder` may become another way in for `person`."""
    if not person.is_active:
        return SUSPENDED
    if holder is None or holder.pk == person.pk:
        return None
    if why_not_claim(holder):
        return Refused(
            "held_by_another",
            format_lazy(
                _(
                    "This outside account already belongs to @{handle}. "
                    "If both are you, ask a maintainer to merge them."
                ),
                handle=holder.handle,
            ),
        )
    return None


def why_not_handle(wanted: str, holder: Person | None, person: Person | None) -> Refused | None:
    """Whether somebody may be called so; `holder` is who carries the handle today."""
    if is_reserved(wanted):
        return Refused("handle_reserved", _("This handle is reserved."))
    if holder is not None and (person is None or holder.pk != person.pk):
        return Refused("handle_taken", _("Somebody else has this handle."))
    return None


def why_not_use_link(link: AccessLink | None, *, at: datetime) -> Refused | None:
    """Whether a one-time link still opens the door."""
    if link is None:
        return Refused("unknown_link", _("This link does not exist. Ask for a new one."))
    if link.used_at is not None:
        return USED
    if link.expires_at <= at:
        return Refused("expired_link", _("This link has expired. Ask for a new one."))
    return None if link.person.is_active else SUSPENDED


def why_not_make_link(person: Person, by: Person | None) -> Refused | None:
    """Whether a one-time link may be made for somebody; `by` None is the terminal."""
    if person.merged_into_id or person.erased_at:
        return NOT_PRESENT
    if not person.is_claimed:
        return Refused(
            "no_account",
            _("Nobody signs in as this person yet; that takes a sign-in with their own account."),
        )
    if by is not None and not by.is_staff:
        return Refused("not_maintainer", _("Only maintainers make such links."))
    if by is not None and person.is_staff and not by.is_superuser:
        return OUTRANKED
    return None if person.is_active else SUSPENDED


def why_not_affiliate(
    others: list[Affiliation], organization_id: int | None, starts: date | None, ends: date | None
) -> Refused | None:
    """Whether a time at an organization may be added beside the others of the same person."""
    if starts and ends and starts >= ends:
        return Refused("ends_before_start", _("The end must be after the beginning."))
    for other in others:
        same = other.organization_id == organization_id
        if same and overlap(starts, ends, other.starts_on, other.ends_on):
            return Refused(
                "overlaps",
                _("You are already listed there for part of that time. Change that entry instead."),
            )
    return None


def why_not_announce_leave(
    person: Person, others: Iterable[Leave], starts: date, ends: date | None
) -> Refused | None:
    """Whether somebody may be noted as away for these days."""
    if person.merged_into_id or person.erased_at:
        return NOT_PRESENT
    if ends and starts >= ends:
        return Refused("ends_before_start", _("The end must be after the beginning."))
    if any(overlap(starts, ends, other.starts_on, other.ends_on) for other in others):
        return Refused(
            "overlaps", _("Part of that time is announced already. Take that entry back first.")
        )
    return None


def why_not_merge(
    kept: Person, absorbed: Person, *, by: Person | None, confirmation: str
) -> Refused | None:
    """Whether one record may be absorbed by another."""
    if kept.pk == absorbed.pk:
        return Refused("same_person", _("These are the same record already."))
    for person in (kept, absorbed):
        if person.merged_into_id or person.erased_at:
            return NOT_PRESENT
        if person.is_superuser and (by is None or not by.is_superuser):
            return OUTRANKED
    if absorbed.is_claimed and not kept.is_claimed:
        return Refused("keep_the_account", _("Keep the record that somebody signs in as."))
    if absorbed.is_claimed and confirmation.strip().lstrip("@").lower() != absorbed.handle.lower():
        return Refused(
            "needs_confirmation",
            _("Somebody signs in as each of them. Type the handle that will disappear to confirm."),
        )
    return None


def why_not_undo(merge: Merge, *, by: Person | None, still_there: bool) -> Refused | None:
    """Whether a merge can still be taken back exactly."""
    if merge.undone_at is not None:
        return Refused("undone", _("This has been undone."))
    if merge.kept.erased_at or merge.absorbed.erased_at:
        return NOT_PRESENT
    if merge.is_split and (refusal := why_not_rejoin(merge)):
        return refusal
    if merge.kept.merged_into_id:
        return Refused("merged_since", _("The kept person was merged again; undo that first."))
    if not still_there:
        return Refused("moved_since", _("Part of what moved has moved again; undo that first."))
    superuser = merge.kept.is_superuser or merge.absorbed.is_superuser
    return OUTRANKED if superuser and (by is None or not by.is_superuser) else None


def why_not_rejoin(split: Merge) -> Refused | None:
    """Whether what was split off may simply go back."""
    if split.absorbed.merged_into_id:
        return Refused("merged_since", _("The person was merged since; undo that first."))
    if split.kept.is_claimed:
        return Refused(
            "claimed_since", _("Somebody signs in as the new record by now; merge the two instead.")
        )
    return None


def why_not_suspend(person: Person, by: Person | None) -> Refused | None:
    """Whether somebody may be shut out."""
    if person.merged_into_id or person.erased_at:
        return NOT_PRESENT
    if by is not None and by.pk == person.pk:
        return Refused("oneself", _("You cannot suspend yourself."))
    if person.is_bot and not person.is_claimed:
        return Refused("no_account", _("Nobody signs in as a bot, so there is nobody to suspend."))
    if not person.is_active:
        return Refused("suspended_already", _("This person is suspended already."))
    return _outranked(person, by)


def why_not_lift(person: Person, by: Person | None) -> Refused | None:
    """Whether somebody may be let in again."""
    if person.merged_into_id or person.erased_at:
        return NOT_PRESENT
    if person.is_active:
        return Refused("not_suspended", _("This person is not suspended."))
    return _outranked(person, by)


def _outranked(person: Person, by: Person | None) -> Refused | None:
    """Maintainers and administrators are above maintainers."""
    is_above = person.is_staff or person.is_superuser
    return OUTRANKED if is_above and (by is None or not by.is_superuser) else None


def why_not_split(person: Person, chosen: int, total: int, *, is_proven: bool) -> Refused | None:
    """Whether some of a person's identities may become somebody else's."""
    if person.merged_into_id or person.erased_at:
        return NOT_PRESENT
    if chosen == 0:
        return Refused("nothing_chosen", _("Choose at least one account to separate."))
    if chosen == total and not person.is_claimed:
        return Refused("nothing_left", _("Leave at least one account where it is."))
    if is_proven:
        return Refused(
            "proven", _("The person signs in with one of these accounts, so it is theirs.")
        )
    return None


def why_not_erase(person: Person, typed: str) -> Refused | None:
    """Whether somebody has confirmed to be forgotten, and may be."""
    if person.merged_into_id or person.erased_at:
        return NOT_PRESENT
    if typed.strip().lstrip("@").lower() != person.handle.lower():
        return Refused("not_confirmed", _("Type your handle exactly to confirm."))
    return None


def why_not_set_rights(
    person: Person, changed: Mapping[str, bool], *, by: Person, other_admins: int
) -> Refused | None:
    """Whether somebody's rights may become these."""
    if not by.is_superuser:
        return OUTRANKED
    if person.merged_into_id or person.erased_at:
        return NOT_PRESENT
    if (changed.get("is_staff") or changed.get("is_superuser")) and not person.is_claimed:
        return Refused("no_account", _("Nobody signs in as this person yet."))
    loses = changed.get("is_superuser") is False or changed.get("is_active") is False
    return why_not_leave_without_admin(person, other_admins) if loses else None


def why_not_leave_without_admin(person: Person, other_admins: int) -> Refused | None:
    """Whether the site would be left without anybody to administer it."""
    if person.is_superuser and other_admins == 0:
        return Refused("last_admin", _("You are the only administrator. Appoint another first."))
    return None
