"""What somebody says about a token they want."""

from django import forms
from django.utils.translation import gettext_lazy as _

from community.people.models import Person
from community.tokens.models import ApiToken


class TokenForm(forms.Form):
    """Purpose, reach and life of a new token."""

    LIVES = [(7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (365, _("1 year"))]

    label = forms.CharField(
        label=_("What it is for"),
        max_length=80,
        help_text=_("For example the name of the program that will use it."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=ApiToken.Scope.choices,
        initial=[ApiToken.Scope.READ],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(label=_("It ends after"), choices=LIVES, coerce=int, initial=30)

    def __init__(self, data: object = None, *, person: Person) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        if not person.is_staff:
            own = [one for one in ApiToken.Scope.choices if not one[0].startswith("admin:")]
            self.fields["scopes"].choices = own  # type: ignore[attr-defined]
