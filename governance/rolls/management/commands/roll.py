"""`manage.py roll compute|export|verify`: electoral rolls on the command line."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from community.lib.refusals import Refused
from governance.rolls.actions import compute_roll
from governance.rolls.exporting import document_of
from governance.rolls.models import Roll
from governance.rolls.verifying import Unreadable, differences


class Command(BaseCommand):
    help = "Compute a draft, write a roll as JSON, or check a file that was written so."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        compute = verbs.add_parser("compute", help="put on a draft whoever meets its criteria")
        compute.add_argument("slug", help="short name of the roll")
        export = verbs.add_parser("export", help="write a roll with ids and salts as JSON")
        export.add_argument("slug", help="short name of the roll")
        export.add_argument("--public", action="store_true", help="without ids and salts")
        verify = verbs.add_parser("verify", help="check an export, or a published list")
        verify.add_argument("file", type=Path)
        verify.add_argument("--hash", default="", help="the hash that it has to have")

    def handle(self, *args: Any, **options: Any) -> None:
        verbs = {"compute": self._compute, "export": self._export, "verify": self._verify}
        verbs[options["verb"]](options)

    def _compute(self, options: dict[str, Any]) -> None:
        try:
            size = compute_roll(roll=_roll(options["slug"]), at=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{size} people meet the criteria.")

    def _export(self, options: dict[str, Any]) -> None:
        document = document_of(_roll(options["slug"]), is_public=options["public"])
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))

    def _verify(self, options: dict[str, Any]) -> None:
        file: Path = options["file"]
        try:
            found = differences(file.read_bytes(), options["hash"])
        except (OSError, Unreadable) as error:
            raise CommandError(f"{file} cannot be read as a roll: {error}") from error
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write("Everything fits.")


def _roll(slug: str) -> Roll:
    roll = Roll.objects.with_rule().filter(slug=slug).first()
    if roll is None:
        raise CommandError(f"There is no roll {slug!r}.")
    return roll
