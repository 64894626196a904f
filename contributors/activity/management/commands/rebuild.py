"""`manage.py rebuild`: make everything that follows from the ledger anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.projects.models import Repository
from contributors.activity.derived import rebuild


class Command(BaseCommand):
    help = "Make work items' response times, day counts and figures anew from the ledger."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("repositories", nargs="*", metavar="OWNER/NAME")

    def handle(self, *_: Any, **options: Any) -> None:
        chosen = Repository.objects.order_by("pk")
        if names := options["repositories"]:
            chosen = chosen.filter(name__in=names)
            if unknown := set(names) - set(chosen.values_list("name", flat=True)):
                raise CommandError(f"No such repository: {', '.join(sorted(unknown))}")
        rebuild(chosen, lambda repository: self.stdout.write(f"{repository.name}: rebuilt"))
        self.stdout.write("Everything follows from the ledger again.")
