"""Answers that came and may not be stored yet, kept on disk: who is killed need not ask again."""

import json
import shutil
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

LONGEST = 7_200.0  # seconds; longer than the hour after which GitHub gives a parked run its budget
MOST = 200  # answers kept, some times what is read ahead of the writer


@dataclass(frozen=True, slots=True)
class Kept:
    """The body of an answer as it came, and what its headers said."""

    body: bytes
    said: Mapping[str, Any]


class Shelf:
    """The latest answers of one source; those of a run before this one are found, once each."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._names: deque[str] = deque()
        if folder is not None and folder.is_dir():
            self._names.extend(path.name for path in sorted(folder.iterdir(), key=_age))
        self._left = set(self._names)  # what this run asks twice, it wants to see twice

    def find(self, question: str) -> Kept | None:
        """The answer to a question asked not too long ago."""
        name = _name(question) if self._left else ""
        with self._lock:
            if self.folder is None or name not in self._left:
                return None
            self._left.remove(name)
        path = self.folder / name
        try:
            if time.time() - path.stat().st_mtime > LONGEST:
                return None
            head, _sep, body = path.read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        return Kept(body, json.loads(head))

    def keep(self, question: str, body: bytes, said: Mapping[str, Any]) -> None:
        """Put an answer on the shelf, whole or not at all; the oldest makes room."""
        if self.folder is None:
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = _name(question)
        draft = self.folder / f"{name}.{threading.get_ident()}"
        draft.write_bytes(json.dumps(said).encode() + b"\n" + body)
        draft.replace(self.folder / name)
        with self._lock:
            with suppress(ValueError):  # or an earlier place would end the later answer
                self._names.remove(name)
            self._names.append(name)
            old = self._names.popleft() if len(self._names) > MOST else ""
        if old:
            with suppress(FileNotFoundError):
                (self.folder / old).unlink()

    def clear(self) -> None:
        """Everything is stored."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


NO_SHELF = Shelf(None)


def _name(question: str) -> str:
    return sha256(question.encode()).hexdigest()


def _age(path: Path) -> float:
    return path.stat().st_mtime
