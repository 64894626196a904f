"""A bad way to GitHub: a share of the answers goes wrong, by a seed.

    github.faults.append(Faults(github, seed=7))

What goes wrong with a request depends on the seed, on the request and on how
often it was made, not on the order in which threads come by.
"""

import json
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from tests.github_api.limits import SECONDARY
from tests.github_api.replies import Asked, Reply, as_text, sent
from tests.github_api.server import GitHub

STALLS = 0.1  # of the faults
ANYWHERE = ("500", "502", "503", "429", "403", "spent", "cut", "half", "html")
OF_LISTS = ("double", "shifted", "stale")
PAUSES = (1, 2, 5, 45)  # seconds; the longest is worth parking a run


@dataclass
class Faults:
    """Spoils a share of the answers; `told` counts what it did.

    An answer that asks for a pause says in X-Until when that ends by the server's clock.
    """

    github: GitHub
    seed: int
    share: float = 0.1
    stall: float = 0.6  # seconds, longer than the client is willing to wait
    kinds: tuple[str, ...] = ()  # only these, where they fit
    told: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)

    def __call__(self, asked: Asked) -> Reply | None:
        """What goes wrong with this request; None when nothing does."""
        name = f"{asked.method} {asked.path} {sorted(asked.query.items())} {asked.body!r}"
        self.asked[name] += 1
        chance = Random(f"{self.seed} {name} {self.asked[name]}")
        if chance.random() >= self.share:
            return None
        kind = self._kind(asked, chance)
        found = self._spoiled(kind, asked, chance)
        if found is not None:
            self.told[kind] += 1
        return found

    def _kind(self, asked: Asked, chance: Random) -> str:
        if not self.kinds and chance.random() < STALLS:
            return "stall"
        is_list = asked.method == "GET" and "per_page" in asked.query
        fitting = ANYWHERE + (OF_LISTS if is_list else ())
        return chance.choice([one for one in fitting if one in (self.kinds or fitting)] or [""])

    def _spoiled(self, kind: str, asked: Asked, chance: Random) -> Reply | None:
        if not kind:
            return None
        if kind in {"500", "502", "503"}:
            return Reply(int(kind), raw=b"<html>Unicorn!</html>")
        if kind in {"429", "403"}:
            wait = chance.choice(PAUSES)
            told = {"Retry-After": str(wait), "X-Until": str(time.time() + wait)}
            return Reply(int(kind), {"message": SECONDARY}, told)
        if kind == "spent":
            self.github.limits.exhaust(asked)
            until = str(self.github.limits.resets_at)
            told = {**self.github.limits.headers(asked), "X-Until": until}
            return Reply(403, {"message": "API rate limit exceeded for user ID 1."}, told)
        if kind == "html":
            return Reply(200, raw=b"<html>Please log in to the hotel</html>")
        if kind == "stale":
            return Reply(304, None, {"ETag": 'W/"of-another-day"'})
        genuine = self.github.answered(asked)
        return self._bent(kind, asked, genuine, chance) if genuine.status == 200 else None

    def _bent(self, kind: str, asked: Asked, genuine: Reply, chance: Random) -> Reply | None:
        """An answer that was right when it left."""
        body = sent(genuine)
        if kind == "stall":
            return replace(genuine, delay=self.stall)
        if kind == "half":
            return replace(genuine, raw=body[: len(body) // 2])
        if kind == "cut":
            return replace(genuine, raw=body[: len(body) // 2], cut=len(body) - len(body) // 2)
        rows = json.loads(body)
        bent = doubled(rows, chance) if kind == "double" else self._neighbor(asked)
        return replace(genuine, raw=as_text(bent)) if rows and bent else None

    def _neighbor(self, asked: Asked) -> Any:
        """What the page before shows, or the one behind the first."""
        number = int(asked.query.get("page", "1"))
        other = str(number - 1 if number > 1 else 2)
        return json.loads(sent(self.github.answered(replace_page(asked, other))))


def doubled(rows: list[Any], chance: Random) -> list[Any]:
    """One row in the place of another too, so that one is missing."""
    if len(rows) < 2:
        return []
    one, other = chance.sample(range(len(rows)), 2)
    return [rows[one] if place == other else row for place, row in enumerate(rows)]


def replace_page(asked: Asked, number: str) -> Asked:
    headers = {name: value for name, value in asked.headers.items() if name != "if-none-match"}
    return replace(asked, query={**asked.query, "page": number}, headers=headers)
