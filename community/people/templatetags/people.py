"""Words for people's pages: `{% load people %}`."""

from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.people.bots import Reason
from community.people.models import Affiliation, Identity, Leave, Merge
from community.people.zones import zone_names

register = template.Library()


@register.filter
def bot_reason_words(reason: str) -> str:
    """Why somebody counts as a bot, in words."""
    return str(Reason(reason).label) if reason in Reason.values else _("seen as one by its source")


@register.filter
def span_words(affiliation: Affiliation) -> str:
    """Since when and until when, as far as known."""
    starts, ends = affiliation.starts_on, affiliation.ends_on
    first = date_format(starts, "DATE_FORMAT") if starts else ""
    last = date_format(ends, "DATE_FORMAT") if ends else ""
    if first and last:
        return _("%(first)s to %(last)s") % {"first": first, "last": last}
    if first:
        return _("since %(first)s") % {"first": first}
    if last:
        return _("until %(last)s") % {"last": last}
    # An address tells since when only once somebody acted under it.
    is_guess = affiliation.source == Affiliation.Source.DOMAIN
    return _("since when is not known") if is_guess else _("at all known times")


@register.filter
def leave_words(leave: Leave) -> str:
    """From when until when somebody is away."""
    first = date_format(leave.starts_on, "DATE_FORMAT")
    if leave.ends_on is None:
        return _("from %(first)s, end not known") % {"first": first}
    back = date_format(leave.ends_on, "DATE_FORMAT")
    return _("from %(first)s, back on %(back)s") % {"first": first, "back": back}


@register.filter
def account_words(identity: Identity) -> str:
    """What to call an identity: its login, else its name, else its number."""
    return identity.login or identity.name or identity.uid[:12]


@register.filter
def account_address(identity: Identity) -> str:
    """Its page at the provider; empty where there is none."""
    bases = {"github": settings.GITHUB_URL, "gitlab": settings.GITLAB_URL}
    base = bases.get(identity.provider)
    return f"{base}/{identity.login}" if base and identity.login else ""


@register.filter
def provider_words(provider: str) -> str:
    """The provider's own name."""
    names = {"github": "GitHub", "gitlab": "GitLab", "git": _("commits"), "oidc": "OpenID Connect"}
    return names.get(provider, provider)


@register.filter
def past_logins(identity: Identity) -> list[str]:
    """Earlier logins, the newest first."""
    logins = [past.login for past in identity.logins.all() if past.login != identity.login]
    return list(dict.fromkeys(reversed(logins)))


@register.filter
def zone_words(zone: str) -> str:
    """A time zone with its clock of this moment."""
    if zone not in zone_names():
        return zone
    now: datetime = timezone.now().astimezone(ZoneInfo(zone))
    return f"{zone.replace('_', ' ')} ({now:%H:%M}, UTC{now:%z})"


@register.filter
def short_address(url: str) -> str:
    """An address without what every address has."""
    parts = urlsplit(url)
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}"


@register.filter
def moved_words(merge: Merge) -> str:
    """How much a merge moved."""
    accounts = len(merge.moved.get("identities", []))
    stays = len(merge.moved.get("affiliations", []))
    words = [ngettext("%d account", "%d accounts", accounts) % accounts]
    if stays:
        words.append(ngettext("%d affiliation", "%d affiliations", stays) % stays)
    return ", ".join(words)
