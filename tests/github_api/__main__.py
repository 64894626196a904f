"""Serve invented repositories for measurements or for a look.

    python -m tests.github_api FOLDER [--scale N] [--repositories N] [--latency S] [--port P]

Prints the address; FOLDER receives the git repositories, for GITHUB_CLONE_BASE.
The first is guild/hall, others are guild/hall-2 and so on, each of that scale.
"""

import argparse
import gc
import time
from pathlib import Path

from tests.github_api.server import GitHub, serving
from tests.github_api.world import Size, World


def scaled(scale: float) -> Size:
    """At scale 1: 17,540 contributions."""
    counts = (2_000, 2_000, 7_987, 2_240, 1_813, 3, 1_500, 300)
    return Size(*(max(1, int(count * scale)) for count in counts))


def worlds(count: int, scale: float) -> list[World]:
    """Repositories that differ, with the same people in them."""
    first = World(size=scaled(scale))
    more = [
        World(
            seed=place,
            id=first.id + place,
            full_name=f"{first.full_name}-{place}",
            size=scaled(scale),
            users=first.users,
        )
        for place in range(2, count + 1)
    ]
    return [first, *more]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--scale", type=float, default=1)
    options.add_argument("--repositories", type=int, default=1)
    options.add_argument("--latency", type=float, default=0)
    options.add_argument("--port", type=int, default=0)
    given = options.parse_args()
    github = GitHub(*worlds(given.repositories, given.scale))
    github.latency = given.latency
    for world in github.worlds:
        world.write_git(given.folder)
    with serving(github, given.port) as base:
        github.warm()
        gc.freeze()
        print(base, flush=True)
        while True:
            time.sleep(60)


if __name__ == "__main__":
    main()
