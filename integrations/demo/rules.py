"""When the demo community may come and go."""

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from community.lib.refusals import Refused


def why_not_load(*, is_loaded: bool, taken: Collection[str]) -> Refused | None:
    """One demo at a time, and none over things that carry the same names."""
    if is_loaded:
        return Refused("already_loaded", _("The demo community is already loaded."))
    if taken:
        return Refused(
            "names_taken",
            _("These names of the demo community are in use: %(names)s.")
            % {"names": ", ".join(sorted(taken))},
        )
    return None


def why_not_remove(holding: Sequence[str]) -> Refused | None:
    """Nothing that people added since may go with it."""
    if holding:
        return Refused(
            "real_data",
            _("Real data hangs on the demo community: %(what)s.") % {"what": "; ".join(holding)},
        )
    return None
