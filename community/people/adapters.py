"""How accounts and outside sign-ins become people."""

from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.audit.actions import record
from community.lib.refusals import Refused
from community.people.models import Person
from community.people.rules import why_not_handle
from community.people.search import index_people
from community.people.signin import (
    OutsideAccount,
    claim_person,
    connect_account,
    next_free_handle,
    remember_identity,
    welcome_newcomer,
)

KEPT_FIELDS = {
    *("id", "sub", "login", "username", "preferred_username"),
    *("name", "avatar_url", "picture", "html_url", "web_url"),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Local accounts."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_blacklisted": gettext_lazy("This handle is reserved."),
        "username_password_mismatch": gettext_lazy("The handle or the password is wrong."),
        "username_taken": gettext_lazy("Somebody else has this handle."),
    }

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """The handle as typed. Raises ValidationError for one that cannot be had."""
        handle: str = super().clean_username(username, shallow=shallow)
        if refusal := why_not_handle(handle, None, None):
            raise ValidationError(str(refusal), code=refusal.code)
        return handle

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Whoever tried too often is turned away with 429, not with another form to try."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as too_often:
            raise ImmediateHttpResponse(respond_429(request)) from too_often

    @transaction.atomic
    def save_user(
        self, request: HttpRequest, user: Person, form: Any, commit: bool = True
    ) -> Person:
        """A new local account is claimed from its first moment."""
        user.claimed_at = user.joined_at = timezone.now()
        person: Person = super().save_user(request, user, form, commit=commit)
        if commit:
            index_people([person.pk])
            record(verb="people.joined", subject=person, actor=person, at=person.joined_at)
        return person

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """To the form where the handle can be changed when it is not the one wanted."""
        if getattr(request, "got_another_handle", False):
            return reverse("people:edit")
        url: str = super().get_signup_redirect_url(request)
        return url


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in with GitHub, GitLab and OpenID Connect: by the provider's id alone."""

    def get_app(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """The provider's settings; 404 where this site does not offer that sign-in."""
        try:
            return super().get_app(request, provider, client_id=client_id)
        except SocialApp.DoesNotExist as missing:
            raise Http404 from missing

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Always: nothing has to be asked of somebody their provider has named."""
        return True

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: Any) -> Person:
        """The name alone; an address said by a provider is weighed later."""
        person: Person = sociallogin.user
        person.name = str(data.get("name") or "")[:200]
        person.handle = str(data.get("username") or "")
        return person

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Claim, connect or refuse, before allauth decides by what it knows."""
        is_known = sociallogin.is_existing
        _forget_surplus(sociallogin)
        account = outside_account(sociallogin)
        is_connecting = sociallogin.state.get("process") == AuthProcess.CONNECT
        try:
            if is_connecting and isinstance(request.user, Person):
                _connect(request, request.user, sociallogin, account)
            elif is_known:
                _refresh(sociallogin, account)
            else:
                _claim(request, sociallogin, account)
        except Refused as refusal:
            back = "socialaccount_connections" if is_connecting else "account_login"
            _turn_away(request, refusal, back)

    @transaction.atomic
    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Person:
        """A newcomer under the handle they have elsewhere, or the next one free."""
        account = outside_account(sociallogin)
        wanted = account.login or account.name
        person: Person = sociallogin.user
        person.handle = next_free_handle(wanted)
        person.claimed_at = person.joined_at = timezone.now()
        super().save_user(request, sociallogin, form=None)
        welcome_newcomer(person=person, account=account, at=person.joined_at)
        if wanted and person.handle.lower() != wanted.lower():
            _explain_handle(request, wanted, person.handle)
        return person


def outside_account(sociallogin: SocialLogin) -> OutsideAccount:
    """What the provider said, in one shape for all of them."""
    said = sociallogin.account.extra_data
    login = said.get("login") or said.get("username") or said.get("preferred_username")
    return OutsideAccount(
        provider=sociallogin.account.provider,
        uid=sociallogin.account.uid,
        login=str(login or "")[:255],
        name=str(said.get("name") or "")[:255],
        avatar_url=str(said.get("avatar_url") or said.get("picture") or "")[:500],
    )


def _forget_surplus(sociallogin: SocialLogin) -> None:
    """Keep of the provider's answer only what is shown, and only addresses nobody else has."""
    said = sociallogin.account.extra_data
    said = said.get("userinfo") or said.get("id_token") or said
    kept = {name: said[name] for name in sorted(KEPT_FIELDS & said.keys())}
    sociallogin.account.extra_data = kept
    if sociallogin.account.pk:
        sociallogin.account.save(update_fields=["extra_data"])
    sociallogin.email_addresses = [
        address
        for address in sociallogin.email_addresses
        if address.verified and not _is_somebodys(address.email)
    ]


def _is_somebodys(email: str) -> bool:
    known: bool = EmailAddress.objects.filter(email__iexact=email).exists()
    return known or Person.objects.filter(email__iexact=email).exists()


def _refresh(sociallogin: SocialLogin, account: OutsideAccount) -> None:
    """A known account: its login and name of today, on the identity it proves."""
    if sociallogin.user.is_active:
        remember_identity(account=account, person=sociallogin.user, at=timezone.now())


def _connect(
    request: HttpRequest, person: Person, sociallogin: SocialLogin, account: OutsideAccount
) -> NoReturn:
    holder = sociallogin.user if sociallogin.is_existing else None
    if holder is not None and holder.pk != person.pk:
        reason = _("This outside account is already a way in for @%(handle)s.")
        raise Refused("held_by_another", reason % {"handle": holder.handle})
    with transaction.atomic():
        connect_account(person=person, account=account, at=timezone.now())
        if holder is None:
            sociallogin.user = Person.objects.get(pk=person.pk)
            sociallogin.save(request, connect=True)
    name = sociallogin.account.get_provider().name
    messages.success(request, _("You can now sign in with %(provider)s.") % {"provider": name})
    raise ImmediateHttpResponse(redirect("socialaccount_connections"))


@transaction.atomic
def _claim(request: HttpRequest, sociallogin: SocialLogin, account: OutsideAccount) -> None:
    person = claim_person(account=account, at=timezone.now())
    if person is not None:
        sociallogin.user = Person.objects.get(pk=person.pk)
        sociallogin.save(request, connect=True)
        text = _("Welcome, @%(handle)s. What you did before you signed in is already here.")
        messages.success(request, text % {"handle": person.handle})


def _explain_handle(request: HttpRequest, wanted: str, handle: str) -> None:
    text = _("The handle %(wanted)s is not free here, so you are @%(handle)s. Change it below.")
    messages.info(request, text % {"wanted": wanted, "handle": handle})
    request.got_another_handle = True  # type: ignore[attr-defined]


def _turn_away(request: HttpRequest, refusal: Refused, back: str) -> NoReturn:
    messages.error(request, str(refusal.reason))
    raise ImmediateHttpResponse(redirect(back))
