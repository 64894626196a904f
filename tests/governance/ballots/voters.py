"""Voters who send ballots to a site over HTTP from several processes at the same time.

`python -m tests.governance.ballots.voters SCENE PORT THREADS TIMES SEED`
"""

import http.client
import json
import multiprocessing
import os
import random
import re
import sys
import threading
from contextlib import suppress
from itertools import count
from pathlib import Path

from tests.governance.ballots.names import NAMES

CLIENTS = 4  # processes that send
CSRF = "c" * 32
ENVELOPE = re.compile(r'<code class="hash">([0-9a-f]{64})</code>')


def vote(path: str, port: str, threads: str, times: str, seed: str) -> None:
    """Have each voter vote so many times, one after the other; keep what they were answered.

    One voter alone votes so many times at once.
    """
    about = json.loads(Path(path).read_text())
    voters = sorted(about["sessions"], key=int)
    shares = [voters[place::CLIENTS] for place in range(CLIENTS)]
    number = int(times)
    if len(voters) == 1:
        shares, number = [voters * (number // CLIENTS)] * CLIENTS, 1
    context = multiprocessing.get_context("fork")
    answers, start = context.SimpleQueue(), context.Barrier(CLIENTS)

    def client(place: int) -> None:
        chance = random.Random(f"{seed} {place}")
        wishes = [(voter, [chance.choice(NAMES) for _ in range(number)]) for voter in shares[place]]
        start.wait()
        answers.put(sent_by(about, port, wishes, int(threads)))

    children = [fork(client, place) for place in range(CLIENTS)]
    found = [one for _ in children for one in answers.get()]
    for child in children:
        os.waitpid(child, 0)
    Path(path).with_suffix(".sent").write_text(json.dumps(found))


def sent_by(about, port: str, wishes: list, threads: int) -> list:
    """What the voters of one process are answered, so many at a time."""
    sent, at = [], count()

    def send() -> None:
        while (mine := next(at)) < len(wishes):
            voter, choices = wishes[mine]
            for number, choice in enumerate(choices, mine):
                said = cast(about, port, voter, choice, by_page=number % 2 == 0)
                sent.append([int(voter), choice, *said])

    several = [threading.Thread(target=send) for _ in range(threads)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    return sent


def cast(about, port: str, voter: str, choice: str, *, by_page: bool) -> tuple[int, str]:
    """Status and the envelope's hash; 0 where the line was cut."""
    try:
        status, text, _headers = ask(about, port, voter, choice, by_page=by_page)
    except (OSError, http.client.HTTPException):
        return 0, ""
    if status == 201:
        return 201, json.loads(text)["envelope"]
    found = ENVELOPE.search(text)
    return status, found[1] if found else ""


def ask(about, port: str, voter: str, choice: str, *, by_page: bool) -> tuple[int, str, dict]:
    """Send one ballot; what comes back."""
    session = about["sessions"][voter]
    headers = {"Cookie": f"sessionid={session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}
    if by_page:
        place, body = f"/elections/{about['slug']}/vote/", f"one={choice}&cast=1"
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    else:
        place = f"/api/v1/elections/{about['slug']}/ballot/"
        body = json.dumps({"choice": {choice: 1}})
        headers["Content-Type"] = "application/json"
    line = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)
    try:
        line.request("POST", place, body, headers)
        reply = line.getresponse()
        return reply.status, reply.read().decode(), dict(reply.getheaders())
    finally:
        line.close()


def fork(work, *arguments) -> int:
    child = os.fork()
    if not child:
        with suppress(BaseException):
            work(*arguments)
        os._exit(0)
    return child


if __name__ == "__main__":
    vote(*sys.argv[1:])
