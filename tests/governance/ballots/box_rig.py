"""An election on a real database from its first ballot to its folder, step by step.

`python -m tests.governance.ballots.box_rig` carries out commands, see `tests.nursery`.
"""

import json
import os
import random
import re
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import django
from django.db import connection
from django.utils import timezone

from tests.governance.ballots.names import NAMES
from tests.governance.ballots.rig import arrange
from tests.nursery import serve, use

RECEIPT = re.compile(r'class="receipt-code"><code>(\w{26})</code>')


def cast_known(database: str, scene: str, begin: str, end: str, seed: str) -> None:
    """Have these voters vote, in any order; remember what each of them knows."""
    from django.test import Client

    use(database)
    browser, about = Client(headers={"host": "localhost"}), json.loads(Path(scene).read_text())
    voters = sorted(about["sessions"], key=int)[int(begin) : int(end)]
    chance, known = random.Random(seed), about.setdefault("known", {})
    chance.shuffle(voters)
    with said_in(about):
        for number, voter in enumerate(voters):
            choice = chance.choice(NAMES)
            receipt = cast(browser, about, voter, choice, looks_first=number % 10 == 0)
            known.setdefault(voter, []).append([choice, receipt])
    Path(scene).write_text(json.dumps(about))


def cast(browser, about, voter: str, choice: str, *, looks_first: bool) -> str:
    """Through everything that stands between a browser and the box; answers with the receipt."""
    from django.conf import settings

    browser.cookies.clear()
    browser.cookies[settings.SESSION_COOKIE_NAME] = about["sessions"][voter]
    place = f"/elections/{about['slug']}/"
    if looks_first:
        browser.get(place)
        browser.post(f"{place}vote/", {"one": choice})
    answer = browser.post(f"{place}vote/", {"one": choice, "cast": "1"})
    return RECEIPT.search(answer.content.decode())[1]


@contextmanager
def said_in(about):
    """Everything that is logged, the statements with what fills them among it, goes to a file."""
    connection.force_debug_cursor = True
    before = os.dup(2)
    with Path(os.environ["GUILDHALL_DATA"], "site.log").open("ab") as log:
        os.dup2(log.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(before, 2)


def finish(database: str, scene: str, *steps: str) -> None:
    """Take these steps as if its time were up."""
    from community.jobs.clock import story_at
    from governance.ballots import actions
    from governance.ballots.models import Election

    use(database)
    about = json.loads(Path(scene).read_text())
    election = Election.objects.get(pk=about["pk"])
    verbs = {
        "close": actions.close_election,
        "count": actions.count_election,
        "publish": actions.publish_election,
    }
    with said_in(about):
        for step in steps:
            if step in verbs:
                with story_at(election.counts_from):
                    verbs[step](election=election, at=timezone.now())
            else:
                globals()[step]()


def work() -> None:
    """What waits for a worker."""
    from community.jobs.models import Job
    from community.jobs.worker import Worker

    worker = Worker("box")
    while Job.objects.filter(state__in=["waiting", "running"]).exists():
        worker._step_or_recover()


def rush(database: str, scene: str, *off: str) -> None:
    """Vote in four threads until the box is shut, while another one shuts it as soon as it may."""
    from governance.ballots.models import Election
    from tests.factories import Person

    use(database)
    for guard in off:
        globals()[guard]()
    about = json.loads(Path(scene).read_text())
    election = Election.objects.get(pk=about["pk"])
    voters = list(Person.objects.filter(pk__in=about["sessions"]).order_by("pk"))
    tried: list[tuple[float, float, bool]] = []
    several = [threading.Thread(target=press, args=(election, one, tried)) for one in voters]
    several.append(threading.Thread(target=shut, args=(election,)))
    for one in several:
        one.start()
    for one in several:
        one.join()
    closes = election.closes_at.timestamp()
    Path(scene).with_suffix(".rush").write_text(json.dumps({"closes": closes, "tried": tried}))


def press(election, voter, tried: list) -> None:
    """Vote again and again until ten ballots were refused."""
    from community.lib.refusals import Refused
    from governance.ballots.casting import cast_ballot

    refused = 0
    while refused < 10:
        begin = time.time()
        try:
            cast_ballot(election=election, person=voter, choice={NAMES[0]: 1}, at=timezone.now())
            tried.append((begin, time.time(), True))
        except Refused:
            refused += 1
            tried.append((begin, time.time(), False))
            time.sleep(0.01)
    connection.close()


def shut(election) -> None:
    """Close it at the first moment at which that is allowed."""
    from community.lib.refusals import Refused
    from governance.ballots.actions import close_election

    while not election.closed_at:
        try:
            election = close_election(election=election, at=timezone.now())
        except Refused:
            time.sleep(0.005)
    connection.close()


def forget(database: str, scene: str) -> None:
    """Have the database give envelopes up, without patience; keep whether it did."""
    from governance.ballots.papers import forget_envelopes

    use(database)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
    Path(scene).write_text(json.dumps(forget_envelopes()))


# Guards


def without_vacuum() -> None:
    """The key goes, and what it would open stays on pages that nobody uses."""
    from governance.ballots import tasks

    tasks.forget_envelopes = lambda: True
    if connection.vendor == "sqlite":  # some are built so that it is always on
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = OFF")


def without_holding() -> None:
    """A ballot may be on its way while the box is shut."""
    from community.jobs.clock import now_in_sql
    from governance.ballots import casting

    def written(election, statement, row):
        with connection.cursor() as cursor:
            in_time = casting.IN_TIME.format(clock=now_in_sql())
            cursor.execute(statement.format(in_time=in_time), row)
            found = cursor.fetchone()
        if found is None:
            raise casting._too_late(election)
        time.sleep(0.05)
        return found[0]

    casting._written = written


def in_order_of_the_box() -> None:
    """Papers are laid on the table as the envelopes came."""
    from governance.ballots import actions, papers
    from governance.ballots.manifest import terms_of

    def empty(election):
        terms, opener = terms_of(election.manifest_document), papers.Opener(election.uid)
        contents = election.envelopes.order_by("pk").values_list("content", flat=True)
        return [papers._read(election, terms, opener.take_out(bytes(one))) for one in contents], 0

    actions.empty_box = empty


if __name__ == "__main__":
    django.setup()
    from django.conf import settings

    from config import urls  # noqa: F401  what the children need

    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(settings.DATA_DIR / "outbox")
    commands = {"arrange": arrange, "cast": cast_known, "finish": finish}
    serve({**commands, "forget": forget, "rush": rush})
