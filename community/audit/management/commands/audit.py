"""`manage.py audit verify` and `manage.py audit export-head`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.audit.chain import Head
from community.audit.verify import current_head, verify


class Command(BaseCommand):
    """Checks the audit log, or prints the end of its chain to be kept elsewhere."""

    help = "Check the audit log, or export the end of its chain."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        checking = verbs.add_parser("verify", help="Find the first row that was tampered with.")
        checking.add_argument("--head", type=Path, help="A head exported earlier.")
        export = verbs.add_parser("export-head", help="Number, hash and time of the last row.")
        export.add_argument("file", type=Path, nargs="?", help="Where to; the terminal if absent.")

    def handle(self, *_: Any, verb: str, **options: Any) -> None:
        if verb == "verify":
            self.verify(options["head"])
        else:
            self.export(options["file"])

    def verify(self, file: Path | None) -> None:
        """Exit code 1 and the first bad row, or a sentence that all is well."""
        verdict = verify(self.read(file) if file else None)
        if not verdict.is_sound:
            raise CommandError(f"Row {verdict.number}: {verdict.fault}", returncode=1)
        head = verdict.head
        self.stdout.write(f"{head.number} events, unbroken. Head: {head.hash}")

    def read(self, file: Path) -> Head:
        """The head in this file."""
        try:
            return Head.from_json(file.read_text())
        except (OSError, ValueError) as error:
            raise CommandError(f"{file}: {error}", returncode=2) from error

    def export(self, file: Path | None) -> None:
        """One line of JSON."""
        line = current_head().to_json()
        if file:
            file.write_text(f"{line}\n")
        else:
            self.stdout.write(line)
