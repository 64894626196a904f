"""Guildhall over the same repository: one run of one source, in a process of its own."""

import json
import sys
from typing import Any

from benchmarks.ingest import prepare, start
from benchmarks.sync.measured import FOLDER, NAME, weighed


def main() -> None:
    """`prepare` makes the database and connects, `look` tells what is there, else one run."""
    if sys.argv[1] == "prepare":
        prepare(str(FOLDER))
        from django.utils import timezone

        from integrations.connections.actions import connect

        connect(connector="github", location=NAME, project="bench", at=timezone.now())
        return
    start(str(FOLDER))
    from integrations.connections import protocol
    from integrations.connections.models import Source
    from integrations.connections.sync import sync_source

    protocol.connector("github")  # imports it, which a worker does once

    if sys.argv[1] == "look":
        print(json.dumps(look(json.loads(sys.argv[2]))))
        return
    source = Source.objects.get()
    with weighed() as told:
        run = sync_source(source=source, full=sys.argv[1] == "again")
        told["state"] = f"{run.state} {run.error}".strip()


def look(gone: dict[str, Any]) -> dict[str, Any]:
    """What the ledger holds, and which of the things that went it still shows."""
    from contributors.activity.models import Contribution, WorkItem
    from integrations.connections.figures import figures
    from integrations.connections.models import SyncRun

    run = SyncRun.objects.select_related("source__repository").latest("pk")
    found = figures(run)
    if gone:
        numbers = {"deleted": gone["deleted"], "transferred": gone["transferred"]}
        items = WorkItem.objects.present().filter(kind=WorkItem.Kind.ISSUE)
        found["unnoticed"] = [
            name for name, number in numbers.items() if items.filter(number=number).exists()
        ]
        comments = Contribution.objects.present().filter(kind=Contribution.Kind.ISSUE_COMMENT)
        if comments.filter(external_id=str(gone["comment"])).exists():
            found["unnoticed"].append("comment")
        if run.source.repository.name != gone["name"]:
            found["unnoticed"].append("name")
    return found


if __name__ == "__main__":
    main()
