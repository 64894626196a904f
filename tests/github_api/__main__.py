"""Serve an invented repository for measurements or for a look.

python -m tests.github_api FOLDER [--scale N]

Prints the address; FOLDER receives the git repository, for GITHUB_CLONE_BASE.
"""

import argparse
import time
from pathlib import Path

from tests.github_api.server import GitHub, serving
from tests.github_api.world import Size, World


def scaled(scale: float) -> Size:
    """At scale 1: 17,540 contributions."""
    counts = (2_000, 2_000, 7_987, 2_240, 1_813, 3, 1_500, 300)
    return Size(*(max(1, int(count * scale)) for count in counts))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--scale", type=float, default=1)
    given = options.parse_args()
    world = World(size=scaled(given.scale))
    world.write_git(given.folder)
    with serving(GitHub(world)) as base:
        print(base, flush=True)
        while True:
            time.sleep(60)


if __name__ == "__main__":
    main()
