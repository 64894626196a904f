"""From a fresh clone to a site that answers, in one command."""

import fcntl
import os
import signal
import sys
import threading
import warnings
import webbrowser
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any, NoReturn
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from django.utils import timezone
from waitress.server import create_server

from community.audit.models import Event
from community.jobs.worker import start_embedded_worker
from community.people.signin import make_admin_link
from community.projects.models import Project
from integrations.demo.actions import load_demo
from integrations.demo.models import Loading

HOST = "127.0.0.1"
THREADS = 8


class Command(BaseCommand):
    """Migrate, load the demo community, serve the site and its worker on this machine."""

    help = "Start the whole site on this machine, with a demo community to look around in."
    # They run in `migrate` and in the tests; here they would only slow down each start.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1")
        parser.add_argument("--no-demo", action="store_true", help="start with an empty site")
        parser.add_argument("--no-browser", action="store_true", help="open no browser")
        parser.add_argument(
            "--check", action="store_true", help="start, fetch the main pages, stop"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):  # ignored where a script starts us
            signal.signal(number, stop)
        with alone():
            self.migrate()
            if not options["no_demo"]:
                self.load_demo()
        with serving(options["port"]) as server:
            if options["check"]:
                self.check_pages(f"http://{HOST}:{options['port']}")
                return
            self.welcome()
            if not options["no_browser"] and can_open_a_browser():
                webbrowser.open(settings.SITE_URL)
            server.join()

    def migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.say("Creating the tables ...")
            call_command("migrate", verbosity=0, interactive=False)

    def load_demo(self) -> None:
        """Once, and only into an empty site: who removed the demo wants it no more."""
        had_one = Event.objects.filter(verb="demo.loaded").exists()
        if had_one or Project.objects.exists():
            return
        self.say("Inventing a demo community ...")
        load_demo(at=timezone.now())

    def welcome(self) -> None:
        front, *others = main_paths()
        self.say(f"\n{settings.COMMUNITY_NAME} runs at {settings.SITE_URL}{front}\n")
        self.say("Sign in as its administrator, once and within a day, with this link:")
        self.say(f"  {make_admin_link()}\n")
        self.say("Try next:")
        for path in others[:3]:
            self.say(f"  {settings.SITE_URL}{path}")
        if Loading.objects.exists():
            self.say("\nThe community shown is invented: `python3 manage.py demo remove` ends it.")
        self.say("\nCtrl-C stops the site.")

    def check_pages(self, address: str) -> None:
        failed = []
        for path in main_paths():
            status, seconds = fetch(address + path)
            self.say(f"{status} {seconds * 1000:6.0f} ms  {path}")
            if status != 200:
                failed.append(path)
        if failed:
            raise CommandError(f"These pages failed: {', '.join(failed)}")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


@contextmanager
def alone() -> Iterator[None]:
    """One start at a time sets up a data folder; the others wait until it is done."""
    folder = os.open(settings.DATA_DIR, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@contextmanager
def serving(port: int) -> Iterator[threading.Thread]:
    """The site and its worker on 127.0.0.1 as the thread of the web server; stopped at the end."""
    # Without `collectstatic` files are served from where they lie; that is meant here.
    warnings.filterwarnings("ignore", message="No directory at")
    from config.wsgi import application

    try:
        server = create_server(application, host=HOST, port=port, threads=THREADS, ident=None)
    except OSError as taken:  # by somebody who was quicker since it was found free
        raise CommandError(f"Port {port} cannot be used: {taken}. Start again.") from taken
    thread = threading.Thread(target=server.run, name="web", daemon=True)
    thread.start()
    stop_worker = start_embedded_worker()
    try:
        yield thread
    except KeyboardInterrupt:
        sys.stderr.write("\nStopping ...\n")
    finally:
        stop_worker()
        server.task_dispatcher.shutdown()
        server.close()


def main_paths() -> list[str]:
    """The pages that show what the site is, the front page first."""
    found = [reverse("metrics:home")]
    project = Project.objects.order_by("pk").first()
    if project is not None:
        found.append(project.get_absolute_url())
        found += [one.get_absolute_url() for one in project.maintainers.order_by("pk")[:1]]
    lists = ("activity:contributions", "people:list", "projects:list", "account_login")
    return found + [reverse(name) for name in lists]


def fetch(address: str) -> tuple[int, float]:
    """The status of a page, 0 if it did not answer, and the seconds it took."""
    start = perf_counter()
    try:
        with urlopen(address, timeout=30) as answer:  # noqa: S310
            answer.read()
            status = answer.status
    except HTTPError as error:
        status = error.code
    except (URLError, TimeoutError):
        status = 0
    return status, perf_counter() - start


def can_open_a_browser() -> bool:
    """Whether there is a desktop; a text browser would take the terminal away."""
    has_desktop = sys.platform == "darwin" or bool(
        {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
    )
    return sys.stdout.isatty() and has_desktop


def stop(*_: object) -> NoReturn:
    """End as Ctrl-C does."""
    raise KeyboardInterrupt
