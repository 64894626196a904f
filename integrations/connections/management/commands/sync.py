"""`manage.py sync`: read what is new at every source, or at those named."""

import json
import logging
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.lib.refusals import Refused
from integrations.connections.figures import figures
from integrations.connections.models import Source, SyncRun
from integrations.connections.progress import Terminal
from integrations.connections.sync import sync_source

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Read what is new at every connected repository, or at those named."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("locations", nargs="*", metavar="OWNER/NAME")
        parser.add_argument("--full", action="store_true", help="read everything again")
        parser.add_argument("--json", action="store_true", help="one JSON object per repository")

    def handle(self, *_: Any, **options: Any) -> None:
        failed = []
        with Terminal(sys.stderr) as terminal:
            for source in self.chosen(options["locations"]):
                try:
                    run = sync_source(source=source, full=options["full"], watch=terminal.show)
                except Refused as refusal:
                    failed.append(f"{source.location}: {refusal}")
                    continue
                except Exception as error:  # one bad source does not hold up the rest
                    logger.exception("Reading %s went wrong.", source.location)
                    failed.append(f"{source.location}: {type(error).__name__}")
                    continue
                self.tell(run, as_json=options["json"])
                if run.state != SyncRun.State.DONE:
                    failed.append(f"{source.location}: {run.error or run.get_state_display()}")
        if failed:
            raise CommandError("\n".join(failed))

    def chosen(self, locations: list[str]) -> list[Source]:
        """The named sources, or every active one."""
        every = Source.objects.select_related("repository").order_by("location")
        if not locations:
            return list(every.filter(state=Source.State.ACTIVE))
        found = list(every.named(locations))
        known = {name.lower() for one in found for name in (one.location, one.repository.name)}
        missing = [location for location in locations if location.lower() not in known]
        if missing:
            raise CommandError(f"Not connected: {', '.join(missing)}. Run `manage.py connect`.")
        return found

    def tell(self, run: SyncRun, *, as_json: bool) -> None:
        """The totals of one repository."""
        found = figures(run)
        if as_json:
            self.stdout.write(json.dumps(found))
            return
        spent = ", ".join(f"{count} {name}" for name, count in found.pop("requests").items())
        seconds, share = found.pop("seconds"), found.pop("completeness")
        self.stdout.write(f"{found.pop('repository')}: {run.get_state_display()} in {seconds} s")
        self.stdout.write(
            "  " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in found.items())
        )
        known = "not known" if share is None else f"{share:.2%}"
        self.stdout.write(f"  completeness {known}; requests: {spent}")
