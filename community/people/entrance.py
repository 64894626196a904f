"""The forms at the door, in the words of this site: people have handles here."""

from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.socialaccount.forms import SignupForm as AllauthOutsideSignupForm
from django import forms
from django.utils.translation import gettext_lazy as _

HANDLE = _("Handle")
ABOUT_HANDLES = _(
    "The name under which others find you: letters, digits, dots, dashes and underscores."
)


def call_it_handle(field: forms.Field, help_text: Any = "") -> None:
    """Name a field of allauth as the rest of the site does."""
    field.label = HANDLE
    field.help_text = help_text
    field.widget.attrs.pop("placeholder", None)


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    """Handle, in any letter case, and password."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        call_it_handle(self.fields["login"])


class SignupForm(AllauthSignupForm):  # type: ignore[misc]
    """A new local account."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        call_it_handle(self.fields["username"], ABOUT_HANDLES)


class OutsideSignupForm(AllauthOutsideSignupForm):  # type: ignore[misc]
    """The handle of somebody whom a provider has named."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        call_it_handle(self.fields["username"], ABOUT_HANDLES)
