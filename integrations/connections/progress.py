"""A sync told on a terminal: what is being read, how far it is."""

from types import TracebackType
from typing import IO, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn

from integrations.connections.models import SyncRun


class Terminal:
    """A progress bar per source; silent where nobody watches."""

    def __init__(self, stream: IO[str]) -> None:
        console = Console(file=stream)
        self.bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self.lines: dict[int, tuple[str, TaskID]] = {}

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.bar.stop()

    def show(self, run: SyncRun) -> None:
        """Move the bar to where the run is; a new phase gets a new bar."""
        description = f"{run.source.location}  {run.phase}"
        total = run.progress.get("total") or None
        phase, line = self.lines.get(run.pk, ("", TaskID(-1)))
        if phase != run.phase:
            line = self.bar.add_task(description, total=total)
            self.lines[run.pk] = (run.phase, line)
        self.bar.update(line, completed=run.progress.get("done", 0), total=total)
