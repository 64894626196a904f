"""The demo community from a terminal."""

from argparse import ArgumentParser
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from community.lib.refusals import Refused
from contributors.activity.models import Contribution
from integrations.demo.actions import PEOPLE, SEED, load_demo, remove_demo


class Command(BaseCommand):
    """Load or remove the invented community."""

    help = "Load the invented demo community, or remove exactly what it made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        load = verbs.add_parser("load", help="invent a community and take it in")
        load.add_argument("--seed", type=int, default=SEED, help="another seed, another community")
        load.add_argument("--people", type=int, default=PEOPLE, help="how many people")
        verbs.add_parser("remove", help="take away what `load` made")

    def handle(self, *_: Any, **options: Any) -> None:
        start = perf_counter()
        try:
            if options["verb"] == "remove":
                remove_demo(at=timezone.now())
                self.stdout.write("The demo community is gone.")
                return
            load_demo(seed=options["seed"], people=options["people"], at=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        count, seconds = Contribution.objects.count(), perf_counter() - start
        self.stdout.write(f"{count:,} contributions are there, loaded in {seconds:.1f} s.")
