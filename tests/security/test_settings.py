"""A site that is set up unsafely does not start, and says why."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "PATH": os.environ["PATH"],
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SECRET_KEY": "k9Zq4-Wm" * 8,
    "IDENTITY_KEY": "i7" * 30,
    "ENCRYPTION_KEY": "e5" * 30,
    "SITE_URL": "https://guild.example",
    "ALLOWED_HOSTS": "guild.example",
    "NO_BOOTSTRAP": "1",
}


def start(tmp_path: Path, *command: str, **changes: str | None) -> subprocess.CompletedProcess:
    wanted = {**SAFE, "GUILDHALL_DATA": str(tmp_path), **changes}
    environment = {name: value for name, value in wanted.items() if value is not None}
    return subprocess.run(
        [sys.executable, *(command or ("-c", "import django; django.setup()"))],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


REFUSED: list[tuple[dict[str, str | None], str]] = [
    ({"SECRET_KEY": None}, "SECRET_KEY: is not set"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY: is too weak"),
    ({"SECRET_KEY": "django-insecure-" + "x" * 50}, "SECRET_KEY: is too weak"),
    ({"SECRET_KEY": "please-change-me-" + "x" * 50}, "SECRET_KEY: is too weak"),
    ({"IDENTITY_KEY": None}, "IDENTITY_KEY: is not set"),
    ({"ENCRYPTION_KEY": "short"}, "ENCRYPTION_KEY: is too weak"),
    ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS: must name the hosts"),
    ({"SITE_URL": "http://guild.example"}, "SITE_URL: must be https://"),
    ({"SITE_URL": "guild.example"}, "SITE_URL: must start with https://"),
    ({"SITE_URL": "javascript:alert(1)"}, "SITE_URL: must start with https://"),
    ({"DATABASE_URL": "mysql://root@127.0.0.1/x"}, "DATABASE_URL: must name sqlite"),
    ({"DATABASE_URL": "nonsense"}, "DATABASE_URL:"),
    ({"REDIS_URL": "http://127.0.0.1"}, "REDIS_URL: must start with redis://"),
    ({"GITHUB_CLIENT_ID": "abc"}, "GITHUB_CLIENT_ID: needs GITHUB_CLIENT_SECRET"),
    ({"GITLAB_CLIENT_SECRET": "abc"}, "GITLAB_CLIENT_ID: needs GITLAB_CLIENT_SECRET"),
    ({"DEBUG": "maybe"}, "DEBUG: must be yes or no"),
    ({"DEBUG": "yes"}, "DEBUG: must be no where others reach"),
    ({"ALLOWED_HOSTS": "other.example"}, "ALLOWED_HOSTS: must name guild.example"),
    ({"SITE_URL": "https://"}, "SITE_URL: must start with https://"),
    ({"SITE_URL": "https://guild.example/site"}, "SITE_URL: must be https:// and a host"),
    ({"SITE_URL": "https://a@guild.example"}, "SITE_URL: must be https:// and a host"),
    ({"SITE_URL": "https://guild.example:x"}, "SITE_URL: must be https:// and a host"),
    ({"IDENTITY_KEY": "k9Zq4-Wm" * 8}, "SECRET_KEY: must differ"),
    ({"SECRET_KEY": "x" * 60}, "SECRET_KEY: is too weak"),
    ({"OLD_ENCRYPTION_KEYS": "short"}, "OLD_ENCRYPTION_KEYS: is too weak"),
    ({"OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"}, "OIDC_URL: is not set"),
    ({"EMAIL_URL": "nonsense"}, "EMAIL_URL: must be like"),
    ({"EMAIL_URL": "smtp://u:p@host:port"}, "EMAIL_URL: must be like"),
    ({"API_RATE_ADDRESS": "often"}, "API_RATE_ADDRESS: must be like 120/min"),
    ({"API_RATE_ACCOUNT": "5/fortnight"}, "API_RATE_ACCOUNT: must be like 120/min"),
    ({"LANGUAGE_CODE": "xx"}, "LANGUAGE_CODE: cannot be 'xx'"),
    ({"TIME_ZONE": "Mars/Olympus"}, "TIME_ZONE: cannot be 'Mars/Olympus'"),
    ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL: cannot be 'LOUD'"),
    ({"JOB_LEASE_SECONDS": "long"}, "JOB_LEASE_SECONDS: must be a number"),
    ({"JOB_LEASE_SECONDS": "0.1"}, "JOB_LEASE_SECONDS: must be at least 0.5"),
    ({"JOB_LEASE_SECONDS": "nan"}, "JOB_LEASE_SECONDS: must be at least 0.5"),
    ({"SECURITY_CONTACT": "mira"}, "SECURITY_CONTACT: must start with mailto:"),
    ({"GITHUB_API_URL": "file:///etc/passwd"}, "GITHUB_API_URL: must start with"),
]
# One process tries them all: starting one for each takes longer than all the rest.
TRY_ALL = """
import json, os, runpy, sys
for environment in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update(environment)
    try:
        runpy.run_path("config/settings.py")
    except Exception as error:
        print(json.dumps(f"{type(error).__name__}: {error}"))
    else:
        print(json.dumps("started"))
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory) -> list[str]:
    """What each of the refused settings leads to, in their order."""
    base = {**SAFE, "GUILDHALL_DATA": str(tmp_path_factory.mktemp("data"))}
    wanted = [{**base, **changes} for changes, _why in REFUSED]
    cases = [{name: value for name, value in one.items() if value is not None} for one in wanted]
    done = subprocess.run(
        [sys.executable, "-c", TRY_ALL],
        cwd=ROOT,
        env=base,
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("place", range(len(REFUSED)), ids=[str(why) for _, why in REFUSED])
def test_an_unsafe_or_wrong_setting_stops_the_start(outcomes, place):
    _changes, why = REFUSED[place]

    assert outcomes[place].startswith(f"ImproperlyConfigured: {why}")


def test_a_refused_setting_ends_the_process(tmp_path):
    outcome = start(tmp_path, "-c", "import config.settings", SECRET_KEY=None)

    assert outcome.returncode != 0
    assert "ImproperlyConfigured: SECRET_KEY: is not set" in outcome.stderr


def test_safe_settings_start(tmp_path):
    outcome = start(tmp_path, "-c", "import config.settings")

    assert (outcome.returncode, outcome.stderr) == (0, "")


def test_no_secret_is_told_when_a_start_is_refused(tmp_path):
    outcome = start(tmp_path, "-c", "import config.settings", ALLOWED_HOSTS="*")

    told = [name for name in ("SECRET_KEY", "IDENTITY_KEY") if SAFE[name] in outcome.stderr]
    assert told == []


def test_the_deployment_check_finds_nothing(tmp_path):
    (tmp_path / "staticfiles").mkdir()

    outcome = start(tmp_path, "-m", "django", "check", "--deploy", "--fail-level", "WARNING")

    assert outcome.returncode == 0, outcome.stderr
