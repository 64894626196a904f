"""Voters whose ballots come evenly spread across the close, half of them before it.

`python -m tests.governance.ballots.latecomers SCENE PORT GAP`, the seconds between two of them.
"""

import json
import sys
import threading
import time
from itertools import count
from pathlib import Path

from tests.governance.ballots.names import NAMES
from tests.governance.ballots.voters import ask

THREADS = 8


def come(path: str, port: str, gap: str) -> None:
    """Have each voter vote once; keep when they did and what they were answered."""
    about = json.loads(Path(path).read_text())
    voters, found = sorted(about["sessions"], key=int), []
    first, at = about["closes"] - float(gap) * len(voters) / 2, count()

    def send() -> None:
        while (mine := next(at)) < len(voters):
            time.sleep(max(0.0, first + float(gap) * mine - time.time()))
            begin = time.time()
            by_page = mine % 2 == 0
            status, _, headers = ask(about, port, voters[mine], NAMES[0], by_page=by_page)
            minutes, judged = int(headers["X-Minutes-Off"]), headers.get("X-Judged", "")
            moments = list(map(float, judged.split())) or [begin, time.time()]
            found.append([int(voters[mine]), status, minutes, *moments, bool(judged)])

    several = [threading.Thread(target=send) for _ in range(THREADS)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    Path(path).with_suffix(".came").write_text(json.dumps(found))


if __name__ == "__main__":
    come(*sys.argv[1:])
