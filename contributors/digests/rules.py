"""Why somebody cannot have digests by mail."""

from django.utils.translation import gettext_lazy as _

from community.lib.refusals import Refused


def why_not_subscribe(*, is_reader: bool, has_address: bool) -> Refused | None:
    """Whether a person may ask for the digests of a project."""
    if not is_reader:
        return Refused("not_maintainer", _("Digests are for maintainers of the project."))
    if not has_address:
        return Refused("no_address", _("Confirm an e-mail address of yours first."))
    return None
