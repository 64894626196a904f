"""The compose file and the image, read as data: what must hold before anybody starts them."""

import json
import re
import shlex
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from pathlib import Path
from threading import Thread

import pytest
import yaml

from config import healthcheck

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
REQUIRED = (
    "SECRET_KEY",
    "IDENTITY_KEY",
    "ENCRYPTION_KEY",
    "SITE_URL",
    "ALLOWED_HOSTS",
    "POSTGRES_PASSWORD",
)


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def dockerfile():
    """Instructions with their arguments, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in lines]


def test_the_site_consists_of_these_services(compose):
    assert sorted(compose["services"]) == [
        "beat",
        "database",
        "migrate",
        "redis",
        "web",
        "worker",
    ]


def test_every_running_service_is_watched(compose):
    unwatched = [name for name, one in compose["services"].items() if "healthcheck" not in one]

    assert unwatched == ["migrate"]


def test_only_the_web_is_published_and_only_on_this_machine(compose):
    published = {name: one["ports"] for name, one in compose["services"].items() if "ports" in one}

    assert published == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}


def test_every_secret_has_to_be_given(compose):
    text = (ROOT / "docker-compose.yml").read_text()
    defaulted = re.findall(r"\$\{(\w*(?:KEY|PASSWORD|SECRET|TOKEN)\w*)(?::?-|\})", text)

    assert defaulted == []
    assert sorted(set(re.findall(r"\$\{(\w+):\?", text))) == sorted(REQUIRED)


def test_images_name_a_version(compose, dockerfile):
    images = [one["image"] for one in compose["services"].values()]
    images += [argument.split()[0] for word, argument in dockerfile if word == "FROM"]

    assert [image for image in images if not re.search(r":[\w.${}:-]*\d", image)] == []
    assert [image for image in images if image.endswith(":latest")] == []


def test_what_has_to_last_is_on_volumes(compose):
    mounts = {
        name: [mount.split(":")[1] for mount in one.get("volumes", [])]
        for name, one in compose["services"].items()
    }

    assert set(compose["volumes"]) == {"data", "database"}
    assert mounts["web"] == mounts["worker"] == ["/data"]
    assert mounts["database"] == ["/var/lib/postgresql/data"]
    assert mounts["redis"] == []


def test_the_site_runs_with_few_rights(compose):
    ours = [one for one in compose["services"].values() if "build" in one]

    assert len(ours) == 4
    assert all(one["read_only"] and one["cap_drop"] == ["ALL"] for one in ours)
    assert all(one["security_opt"] == ["no-new-privileges:true"] for one in ours)


def test_nothing_starts_before_the_tables_are_there(compose):
    for name in ("web", "worker", "beat"):
        awaited = compose["services"][name]["depends_on"]

        assert {who: how["condition"] for who, how in awaited.items()} == {
            "database": "service_healthy",
            "redis": "service_healthy",
            "migrate": "service_completed_successfully",
        }


def test_commands_name_programs_and_modules_that_exist(compose, dockerfile):
    commands = [one["command"] for one in compose["services"].values() if "build" in one]
    commands += [json.loads(argument) for word, argument in dockerfile if word == "CMD"]
    commands.append(compose["services"]["web"]["healthcheck"]["test"][1:])
    modules = [part for call in commands for part in call if "config." in part]

    assert [call[0] for call in commands if not (PROGRAMS / call[0]).exists()] == []
    assert len(modules) == 5
    for module in modules:
        import_module(module.split("=")[-1].split(":")[0])


def test_the_image_runs_as_nobody_special(dockerfile):
    users = [argument for word, argument in dockerfile if word == "USER"]
    last_words = [word for word, _ in dockerfile][-4:]

    assert users == ["guildhall"]
    assert last_words == ["USER", "VOLUME", "EXPOSE", "CMD"]


def test_the_image_holds_the_runtime_lock_alone(dockerfile):
    copied = [argument.split() for word, argument in dockerfile if word == "COPY"]
    installs = [part for word, part in dockerfile if word == "RUN" and "pip install" in part]
    ignored = (ROOT / ".dockerignore").read_text().split()

    assert copied[0] == ["requirements.lock", "/"]
    assert ["--require-hashes" in shlex.split(call) for call in installs] == [True]
    assert {".env", ".git", "data", "tests", "requirements-dev.lock"} <= set(ignored)


class Site(BaseHTTPRequestHandler):
    """Answers the sign-in page to those who ask for the right host over https."""

    def do_GET(self):
        is_right = (
            self.path == healthcheck.PAGE
            and self.headers["Host"] == "community.example"
            and self.headers["X-Forwarded-Proto"] == "https"
        )
        self.send_response(200 if is_right else 400)
        self.end_headers()

    def log_message(self, *words):
        pass


@pytest.fixture
def site_port():
    server = HTTPServer(("127.0.0.1", 0), Site)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("address", "healthy"), [("https://community.example", True), ("https://other.example", False)]
)
def test_the_health_check_asks_as_the_proxy_does(site_port, monkeypatch, address, healthy):
    monkeypatch.setenv("SITE_URL", address)

    assert healthcheck.answers(site_port) is healthy


def test_a_server_that_is_away_is_not_healthy(site_port):
    assert healthcheck.answers(1) is False
