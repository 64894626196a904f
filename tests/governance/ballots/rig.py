"""A site with an election, and switches that turn its guards off.

`python -m tests.governance.ballots.rig` carries out commands, see `tests.nursery`.
"""

import ctypes
import json
import os
import re
import signal
import socket
import sys
import threading
import time
from contextlib import nullcontext, suppress
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import django
import time_machine
from django.db import connection, connections, transaction
from django.utils import timezone

from tests.governance.ballots.names import NAMES
from tests.nursery import serve, use

PARENT_DIED = 1
MINUTES_OFF = [0]  # by which the clock of each process that serves is wrong, in turn


# An election


def arrange(database: str, path: str, voters: str, seconds: str = "3600") -> None:
    """An election that has been open for an hour, and a session for each of its voters."""
    from governance.ballots.tally.profile import usual
    from tests.factories.ballots import people, rules_of

    use(database)
    with transaction.atomic():
        found = people(int(voters))
        sessions = {str(one.pk): session_of(one) for one in found}
        election = open_election(
            found, seconds=float(seconds), names=NAMES, rules=rules_of(usual("plurality"))
        )
    about = {"slug": election.slug, "uid": str(election.uid), "pk": election.pk}
    about["closes"] = election.closes_at.timestamp()
    Path(path).write_text(json.dumps({**about, "sessions": sessions}))


def open_election(voters, *, seconds: float, **more):
    """An election open since an hour and for so long."""
    from community.jobs.clock import story_at
    from tests.factories.ballots import announced

    opens = timezone.now().replace(microsecond=0) - timedelta(hours=1)
    closes = (timezone.now() + timedelta(seconds=seconds)).replace(microsecond=0)
    with story_at(opens):
        return announced(voters, opens_at=opens, closes_at=closes, **more)


def session_of(person) -> str:
    """The key of a session in which somebody is signed in."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return session.session_key


# Guards


def without_key() -> None:
    """Look whether there is an envelope, then put one in: anybody may come between."""
    from community.jobs.clock import now_in_sql
    from governance.ballots import casting

    drop_the_key()
    put_in = casting.PUT_IN.partition("ON CONFLICT")[0] + "RETURNING version"
    change = "UPDATE ballots_envelope SET content = %s, sha256 = %s, version = version + 1"
    change += " WHERE election_id = %s AND voter_id = %s RETURNING version"
    cast_ballot, seen = casting.cast_ballot, threading.local()

    def written(election, statement, row):
        voter, content, digest, _ = row
        with connection.cursor() as cursor:
            if seen.any:
                cursor.execute(change, [content, digest, election.pk, voter])
            else:
                in_time = casting.IN_TIME.format(clock=now_in_sql())
                cursor.execute(put_in.format(in_time=in_time), row)
            return cursor.fetchone()[0]

    def look_then_cast(**facts):
        seen.any = facts["election"].envelopes.filter(voter__person=facts["person"]).exists()
        return cast_ballot(**facts)

    casting._written = written
    replace_cast(look_then_cast)


def drop_the_key() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE ballots_envelope DROP CONSTRAINT envelope_once_a_voter")
            return
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'ballots_envelope'")
        whole = cursor.fetchone()[0]
        key = re.search(r', CONSTRAINT "envelope_once_a_voter" UNIQUE \([^)]*\)', whole)
        cursor.execute("PRAGMA writable_schema = ON")
        cursor.execute(
            "UPDATE sqlite_master SET sql = %s WHERE name = 'ballots_envelope'",
            [whole.replace(key[0], "")],
        )
        cursor.execute(
            "DELETE FROM sqlite_master WHERE tbl_name = 'ballots_envelope'"
            " AND name LIKE 'sqlite_autoindex%%'"
        )
        cursor.execute("PRAGMA writable_schema = RESET")


def without_waiting() -> None:
    """Answer first, and write a little later."""
    from governance.ballots import casting
    from governance.rolls.querysets import voter_of

    def cast_soon(*, election, person, **_):
        voter = voter_of(election.roll, person)
        content = os.urandom(200)
        digest = casting.sha256(content).hexdigest()
        row = [voter.pk, content, digest, election.pk]

        def write() -> None:
            time.sleep(2)
            with transaction.atomic():
                casting._written(election, casting.PUT_IN, row)
            connection.close()

        threading.Thread(target=write).start()
        return casting.Receipt("", digest, 1, {})

    replace_cast(cast_soon)


def without_looking() -> None:
    """Pages and the rule let every ballot pass, as one whose look at the clock was long ago."""
    from governance.ballots import casting, paper_views

    def long_ago():
        return timezone.now() - timedelta(minutes=20)

    casting.database_now = paper_views.database_now = long_ago


def by_own_clock() -> None:
    """Each process goes by its own clock where the database's should count."""
    from community.jobs import clock as clocks
    from governance.ballots import casting, paper_views

    def of_this_process() -> str:
        with clocks.story_at(timezone.now()):
            return clocks.now_in_sql()

    casting.database_now = paper_views.database_now = timezone.now
    casting.now_in_sql = of_this_process


def replace_cast(cast) -> None:
    from governance.ballots import elections_api, paper_views

    paper_views.cast_ballot = elections_api.cast_ballot = cast


# Clocks


def clocks_apart() -> None:
    """One process is five minutes fast, the other five minutes slow; each answer says which, and
    between which moments of the database's clock the statement that writes a ballot ran."""
    from governance.ballots import casting

    MINUTES_OFF[:] = [5, -5]
    written = casting._written

    def watched(election, statement, row):
        begin = of_database()
        try:
            return written(election, statement, row)
        finally:
            judged.between = begin, of_database()

    casting._written = watched


judged = threading.local()


def of_database() -> float:
    """What its clock shows, in seconds; SQLite's shows milliseconds."""
    clock, digits = "extract(epoch FROM clock_timestamp())", 6
    if connection.vendor == "sqlite":
        clock, digits = "(julianday('now') - 2440587.5) * 86400", 3
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {clock}")
        return round(float(cursor.fetchone()[0]), digits)


def telling(application, minutes_off: int):
    """The site with answers that say whose clock they went by."""

    def answered(environ, start_response):
        def start(status, headers, *more):
            headers.append(("X-Minutes-Off", str(minutes_off)))
            if judged.between:
                headers.append(("X-Judged", "{} {}".format(*judged.between)))
            return start_response(status, headers, *more)

        judged.between = None
        return application(environ, start)

    return answered


# The site


def web(database: str, port: str, path: str, *off: str) -> None:
    """Serve the site with two processes; whichever is killed is replaced. Ends by SIGTERM."""
    from config.wsgi import application

    use(database)
    for guard in off:
        globals()[guard]()
    connections.close_all()
    listening = socket.create_server(("127.0.0.1", int(port)), backlog=1_000)
    minutes = cycle(MINUTES_OFF)
    living = {fork(answer, application, listening, next(minutes)) for _ in range(2)}
    signal.signal(signal.SIGTERM, lambda *_: end(living))
    while True:
        Path(path).write_text(" ".join(map(str, sorted(living))))
        died, _ = os.wait()
        living.discard(died)
        living.add(fork(answer, application, listening, next(minutes)))


def end(living: set[int]) -> None:
    for one in living:
        os.kill(one, signal.SIGKILL)
    os._exit(0)


def fork(work, *arguments) -> int:
    child = os.fork()
    if not child:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        ctypes.CDLL(None).prctl(PARENT_DIED, signal.SIGKILL)
        with suppress(BaseException):
            work(*arguments)
        os._exit(1)
    return child


def answer(application, listening: socket.socket, minutes_off: int) -> None:
    from waitress.server import create_server

    its_clock = nullcontext()
    if minutes_off:
        application = telling(application, minutes_off)
        its_clock = time_machine.travel(timezone.now() + timedelta(minutes=minutes_off))
    with its_clock:
        create_server(application, sockets=[listening], threads=4, ident=None).run()


COMMANDS = {"arrange": arrange, "web": web}

if __name__ == "__main__":
    django.setup()
    from config import urls, wsgi  # noqa: F401  what the children need

    if sys.argv[1:]:
        COMMANDS[sys.argv[1]](*sys.argv[2:])
    else:
        serve(COMMANDS)
