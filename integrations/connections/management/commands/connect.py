"""`manage.py connect`: keep a repository in step from now on."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from community.lib.refusals import Refused
from integrations.connections import protocol
from integrations.connections.actions import connect

OPTIONS = {"merges": ("include", "exclude"), "refs": ("head", "all")}


class Command(BaseCommand):
    help = "Connect a repository to a project and read it; makes the project when missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("connector", choices=protocol.names())
        parser.add_argument("location", help="OWNER/NAME, a path or an address")
        parser.add_argument("--project", required=True, metavar="SLUG")
        for name, choices in OPTIONS.items():
            parser.add_argument(f"--{name}", choices=choices, help=f"git: {choices[0]} by default")
        parser.add_argument("--no-sync", action="store_true", help="only connect, read later")

    def handle(self, *_: Any, **options: Any) -> None:
        name = options["connector"]
        self.stdout.write(f"Looking up {options['location']} ...")
        try:
            source = connect(
                connector=name,
                location=options["location"],
                project=options["project"],
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
