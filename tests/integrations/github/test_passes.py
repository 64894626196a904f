"""GitHub Apps: passes to installations, their renewal, and every no in words."""

from datetime import timedelta

import pytest

from community.lib.refusals import Refused
from integrations.github import passes
from integrations.github.passes import AppKey
from tests.factories import NOON
from tests.github_api.app_auth import APP_ID, Apps, private_key

OTHER_KEY = "-----BEGIN RSA PRIVATE KEY-----\nnothing\n-----END RSA PRIVATE KEY-----"


@pytest.fixture
def apps(github):
    return Apps(github)


@pytest.fixture
def key(apps):
    return AppKey(APP_ID, private_key(), str(apps.install("guild")))


def passes_given(apps: Apps) -> int:
    return len(apps.passes)


def test_a_pass_is_asked_for_once_and_shared(key, apps):
    other = AppKey(key.app_id, key.private_key, key.installation_id)

    assert (key.secret() == other.secret(), passes_given(apps)) == (True, 1)


@pytest.mark.parametrize(("minutes", "given"), [(54, 1), (56, 2)])
def test_a_pass_is_renewed_five_minutes_before_it_ends(key, apps, time_machine, minutes, given):
    time_machine.move_to(NOON, tick=False)
    first, mark = key.secret(), key.mark
    time_machine.move_to(NOON + timedelta(minutes=minutes), tick=False)

    second = key.secret()

    assert (passes_given(apps), second == first, key.mark) == (given, given == 1, mark)


@pytest.mark.parametrize(("seconds", "given"), [(5, 1), (11, 2)])
def test_a_pass_that_was_turned_away_is_renewed_once(key, apps, time_machine, seconds, given):
    time_machine.move_to(NOON, tick=False)
    first = key.secret()
    time_machine.move_to(NOON + timedelta(seconds=seconds), tick=False)

    for _thread in range(2):
        assert key.renew() is True
        key.secret()

    assert (passes_given(apps), key.secret() == first) == (given, given == 1)


def test_a_clock_ahead_of_githubs_does_no_harm(key, apps):
    apps.slow_by = 50

    assert key.secret().startswith("ghs_")


def test_without_the_minute_back_a_clock_ahead_would_be_refused(key, apps, monkeypatch):
    apps.slow_by = 50
    monkeypatch.setattr(passes, "BACK", 0)

    with pytest.raises(Refused) as refusal:
        key.secret()

    assert refusal.value.code == "bad_app_key"


def test_a_suspended_installation_says_so(key, apps):
    apps.suspend(int(key.installation_id))

    with pytest.raises(Refused) as refusal:
        key.secret()

    reason = "The app's installation is suspended. Its owner can lift that."
    assert (refusal.value.code, str(refusal.value)) == ("suspended", reason)


def test_an_installation_that_is_gone_says_so(key, apps):
    apps.remove(int(key.installation_id))

    with pytest.raises(Refused) as refusal:
        key.secret()

    assert refusal.value.code == "not_installed"


def test_what_is_no_private_key_is_told_without_showing_it(apps):
    with pytest.raises(Refused) as refusal:
        passes.app(APP_ID, OTHER_KEY)

    assert (refusal.value.code, refusal.value.__cause__) == ("bad_private_key", None)
    assert "nothing" not in str(refusal.value)


def test_a_key_of_another_app_is_refused(apps):
    with pytest.raises(Refused) as refusal:
        passes.app("1", private_key())

    assert refusal.value.code == "bad_app_key"


def test_the_app_and_its_installations_are_listed(apps):
    apps.suspend(apps.install("guild"))
    for place in range(120):
        apps.install(f"account-{place}")

    found = passes.installations(APP_ID, private_key())

    assert (len(found), found[0].account, found[0].is_suspended) == (121, "guild", True)
    assert passes.app(APP_ID, private_key()).install_url == (
        "https://github.com/apps/guildhall-reader/installations/new"
    )


def test_a_manifest_is_exchanged_once(apps):
    apps.codes.add("a-code")

    made = passes.app_from_manifest("a-code")
    with pytest.raises(Refused) as refusal:
        passes.app_from_manifest("a-code")

    assert (made.app.id, made.private_key) == (APP_ID, private_key())
    assert refusal.value.code == "not_installed"


def test_no_representation_shows_a_secret(key):
    key.secret()

    assert private_key() not in f"{key!r} {passes._passes!r}"
    assert "ghs_" not in f"{passes._passes!r}"
