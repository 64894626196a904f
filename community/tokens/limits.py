"""How often the API may be asked: by address when nobody is signed in, else by account."""

import ipaddress
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView


class RateLimit(SimpleRateThrottle):
    """A limit whose rate is read from the settings at each request."""

    def get_rate(self) -> str | None:
        rates: Mapping[str, str | None] = settings.API_RATES
        return rates[str(self.scope)]


class AddressRate(RateLimit):
    """How often one address may ask without signing in; a /64 of IPv6 counts as one."""

    scope = "address"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:  # noqa: ARG002
        if request.user.is_authenticated:
            return None
        address = self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": network_of(address)}


class AccountRate(RateLimit):
    """How often one account may ask, with whatever tokens from wherever."""

    scope = "account"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:  # noqa: ARG002
        if not request.user.is_authenticated:
            return None
        return self.cache_format % {"scope": self.scope, "ident": request.user.pk}


def network_of(address: str | None) -> str:
    """The address, or the network that one household or server holds in IPv6."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False).network_address)
