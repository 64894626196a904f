"""A site that is set up unsafely does not start, and says why."""

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


@pytest.mark.parametrize(
    ("changes", "why"),
    [
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
        ({"GITHUB_API_URL": "file:///etc/passwd"}, "GITHUB_API_URL: must start with"),
    ],
)
def test_an_unsafe_or_wrong_setting_stops_the_start(tmp_path, changes, why):
    only_settings = ("-c", "import config.settings")

    outcome = start(tmp_path, *only_settings, **changes)

    assert outcome.returncode != 0
    assert f"ImproperlyConfigured: {why}" in outcome.stderr


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
