"""The forms at the door speak of handles, as the rest of the site does."""

import re

import pytest
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.test import Client

from community.people.entrance import LoginForm, OutsideSignupForm, SignupForm
from community.people.models import Person

pytestmark = pytest.mark.django_db
WORDS = "correct horse battery"


def outside_form():
    account = SocialAccount(provider="github", uid="7")
    return OutsideSignupForm(sociallogin=SocialLogin(user=Person(), account=account))


@pytest.mark.parametrize(
    ("make", "name"),
    [(LoginForm, "login"), (SignupForm, "username"), (outside_form, "username")],
)
def test_the_name_to_sign_in_with_is_called_handle(make, name):
    field = make().fields[name]

    assert (str(field.label), "placeholder" in field.widget.attrs) == ("Handle", False)


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/"])
@pytest.mark.parametrize(("language", "label"), [("en", "Handle"), ("zh-hans", "用户名")])
def test_the_pages_at_the_door_name_it_in_both_languages(client, path, language, label):
    page = client.get(path, headers={"accept-language": language}).content.decode()

    labels = re.findall(r"<label[^>]*>\s*([^<]*?)\s*<", page)
    assert (label in labels, "Username" in page) == (True, False)


def test_what_goes_wrong_at_the_door_is_said_of_the_handle(client, member):
    wrong = client.post("/accounts/login/", {"login": "mira", "password": "wrong"})
    form = {"username": "MIRA", "password1": WORDS, "password2": WORDS}
    taken = client.post("/accounts/signup/", form)

    assert (
        wrong.context["form"].non_field_errors(),
        taken.context["form"].errors["username"],
    ) == (["The handle or the password is wrong."], ["Somebody else has this handle."])


@pytest.mark.parametrize("spelling", ["mira", "Mira", "MIRA", "mIrA"])
def test_the_handle_opens_in_any_letter_case(member, spelling):
    member.set_password(WORDS)
    member.save()
    browser = Client()

    answer = browser.post("/accounts/login/", {"login": spelling, "password": WORDS})

    assert (answer.status_code, browser.session["_auth_user_id"]) == (302, str(member.pk))
