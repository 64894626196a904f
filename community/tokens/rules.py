"""Why somebody cannot have a token."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from community.lib.refusals import Refused

MOST_TOKENS = 20


def why_not_issue(*, scopes: Collection[str], is_staff: bool, held: int) -> Refused | None:
    """A token never reaches further than its owner, and nobody hoards them."""
    if held >= MOST_TOKENS:
        return Refused("too_many_tokens", _("You have 20 tokens. Revoke one you no longer use."))
    if not scopes:
        return Refused("no_scope", _("Choose what the token may do."))
    if any(scope.startswith("admin:") for scope in scopes) and not is_staff:
        return Refused("scope_beyond_owner", _("Only maintainers of the site may grant this."))
    return None
