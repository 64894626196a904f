"""Why something cannot be done with a project."""

import re

from django.utils.translation import gettext_lazy as _

from community.lib.refusals import Refused

RESERVED = frozenset({"new", "edit"})
SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


def why_not_call_it(slug: str, *, is_taken: bool) -> Refused | None:
    """A slug is a plain word of the address and belongs to one project for good."""
    if len(slug) > 80 or not SLUG.fullmatch(slug):
        return Refused(
            "slug_malformed", _("Use lower-case letters, digits and single dashes, at most 80.")
        )
    if slug in RESERVED:
        return Refused("slug_reserved", _("This short name is an address of the site itself."))
    if is_taken:
        return Refused("slug_taken", _("Another project has or had this short name."))
    return None
