"""How the API knows who is asking, and how far a token reaches."""

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from community.people.models import Person
from community.tokens.models import ApiToken, hash_of

if TYPE_CHECKING:
    from rest_framework.views import APIView

# A write on each request would make every reader a writer.
NOTE_USE_EVERY = timedelta(minutes=1)


def caller(request: Request) -> Person:
    """The signed-in person, where permissions have let nobody else through."""
    return cast("Person", request.user)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer guild_...`"""

    def authenticate(self, request: Request) -> tuple[Person, ApiToken] | None:
        """The owner and the token; None without such a header, 401 for a token that is no good."""
        word, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if word.lower() != "bearer":
            return None
        now = timezone.now()
        usable = ApiToken.objects.usable_at(now).select_related("person")
        token = usable.filter(secret_hash=hash_of(secret.strip())).first()
        if token is None:
            raise AuthenticationFailed(_("This token is unknown, revoked or has run out."))
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTE_USE_EVERY)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
        return token.person, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        return 'Bearer realm="api"'


class TokenReaches(BasePermission):
    """Whether the token's scopes cover what is asked; a session has no such bounds."""

    message = _("This token does not reach that far.")

    def has_permission(self, request: Request, view: "APIView") -> bool:
        token = request.auth
        if not isinstance(token, ApiToken):
            return True
        usual = ApiToken.Scope.READ if request.method in SAFE_METHODS else ApiToken.Scope.WRITE
        return getattr(view, "token_scope", usual) in token.scopes
