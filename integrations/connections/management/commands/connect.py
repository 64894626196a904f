"""`manage.py connect`: keep a repository in step from now on."""

import sys
from collections.abc import Sequence
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from community.lib.refusals import Refused
from integrations.connections import protocol
from integrations.connections.actions import connect
from integrations.connections.foresight import foresee
from integrations.connections.keys import Key, plain
from integrations.connections.protocol import Browsable
from integrations.connections.tokens import environment_keys

OPTIONS = {"merges": ("include", "exclude"), "refs": ("head", "all")}


class Command(BaseCommand):
    help = "Connect a repository to a project and read it; makes the project when missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("connector", choices=protocol.names())
        parser.add_argument("location", help="OWNER/NAME, a path or an address")
        parser.add_argument("--project", required=True, metavar="SLUG")
        for name, choices in OPTIONS.items():
            parser.add_argument(f"--{name}", choices=choices, help=f"git: {choices[0]} by default")
        parser.add_argument(
            "--token-stdin",
            action="store_true",
            help="read a token from standard input and store it encrypted; never an argument, "
            "which everybody on the machine could see",
        )
        parser.add_argument(
            "--estimate", action="store_true", help="say what reading will take, and stop"
        )
        parser.add_argument("--no-sync", action="store_true", help="only connect, read later")

    def handle(self, *_: Any, **options: Any) -> None:
        name = options["connector"]
        token = sys.stdin.readline().strip() if options["token_stdin"] else ""
        if options["estimate"]:
            self.tell_estimate(name, options["location"], plain(token) or environment_keys(name))
            return
        self.stdout.write(f"Looking up {options['location']} ...")
        try:
            source = connect(
                connector=name,
                location=options["location"],
                project=options["project"],
                token=token,
                options={key: options[key] for key in OPTIONS if options[key]},
                at=timezone.now(),
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        project = source.repository.project
        self.stdout.write(f"Connected {source.location} to the project {project.slug}.")
        if options["no_sync"]:
            self.stdout.write("Read it with `manage.py sync`.")
            return
        call_command("sync", source.location, stdout=self.stdout, stderr=self.stderr)

    def tell_estimate(self, name: str, location: str, keys: Sequence[Key]) -> None:
        """Requests and time before anything is read."""
        if not isinstance(protocol.connector(name), Browsable):
            raise CommandError(f"What {name} reads takes no requests; there is nothing to foresee.")
        found = foresee(name, [location], keys=keys, place="command")
        for refusal in found.refusals.values():
            raise CommandError(str(refusal))
        for one in found.estimates.values():
            listed = ", ".join(f"{count} {kind}" for kind, count in one.counts.items())
            self.stdout.write(f"{location}: {listed.replace('_', ' ')}")
            self.stdout.write(
                f"  about {one.requests} requests ({one.rest} REST, {one.graphql} GraphQL), "
                f"{max(1, found.minutes)} min of reading; {one.spent} requests to count"
            )
        if found.limit:
            self.stdout.write(f"  {found.remaining} of {found.limit} requests are left this hour")
        if found.done_after:
            self.stdout.write(f"  it will pause and be done after {found.done_after:%H:%M} UTC")
