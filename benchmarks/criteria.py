"""How long it takes to find everybody who meets a rule.

    python -m benchmarks.criteria [--people 20000] [--cells 30]

Fills a fresh SQLite file, or an empty database named by DATABASE_URL, with day
counts of so many people over two years, evaluates a rule of four clauses, and
explains one person. The promise is 5 s for 100,000 people; it exits with 1 where
the time per person is more.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from benchmarks.ingest import prepare

ON = date(2026, 7, 1)
AT = datetime(2026, 7, 1, tzinfo=UTC)
KINDS = ["commit", "review", "issue", "issue_comment", "change_request"]
WINDOW: dict[str, Any] = {"kinds": KINDS, "days": 365}
CAPS = {"per_day": 5, "per_repository": 30, "per_kind": 100}
RULE: dict[str, Any] = {
    "all": [
        {"count": {**WINDOW, "at_least": 30, "caps": CAPS}},
        {"spread": {**WINDOW, "weeks": 4, "repositories": 2}},
        {"tenure": {"days": 180}},
        {"is_not": ["bot", "suspended"]},
    ]
}
PROMISED_MS = 5000 / 100_000  # a person
ROUNDS, REPOSITORIES, STEP = 5, 120, 5000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--cells", type=int, default=30)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        fill(asked.people, asked.cells)
        sys.exit(measure(asked.people))


def fill(people: int, cells: int) -> None:
    """Everybody has one identity and half to one and a half times so many day counts."""
    from community.people.models import Identity, Person
    from community.projects.models import Project, Repository
    from contributors.activity.models import DayCount

    project = Project.objects.create(slug="atlas", name="Atlas", created_at=AT)
    places = Repository.objects.bulk_create(
        Repository(project=project, provider="git", external_id=str(n), name=f"r{n}", created_at=AT)
        for n in range(REPOSITORIES)
    )
    chance = random.Random(7)
    for start in range(0, people, STEP):
        numbers = range(start, min(start + STEP, people))
        persons = Person.objects.bulk_create(
            Person(handle=f"p{n}", is_bot=n % 50 == 0, joined_at=AT) for n in numbers
        )
        identities = Identity.objects.bulk_create(
            Identity(person=one, provider="github", uid=one.handle, first_seen_at=AT)
            for one in persons
        )
        made = rows(DayCount, chance, identities, [one.pk for one in places], cells)
        DayCount.objects.bulk_create(made, batch_size=STEP)


def rows(
    table: type[Any], chance: random.Random, identities: list[Any], places: list[int], cells: int
) -> Iterator[Any]:
    for one in identities:
        mine = chance.sample(places, 3)
        for _turn in range(chance.randint(cells // 2, cells + cells // 2)):
            yield table(
                identity=one,
                repository_id=chance.choice(mine),
                day=ON - timedelta(days=chance.randint(0, 730)),
                kind=chance.choice(KINDS),
                count=chance.choice([1, 1, 1, 2, 3, 8]),
            )


def measure(people: int) -> int:
    from community.people.models import Person
    from contributors.activity.models import DayCount
    from contributors.criteria.explaining import explain
    from contributors.criteria.gathering import meeting

    print(f"{people} people, {DayCount.objects.count()} day counts")
    met = len(meeting(RULE, ON))
    whole = timed(lambda: meeting(RULE, ON))
    for clause in RULE["all"]:
        alone = timed(lambda clause=clause: meeting(clause, ON))
        print(f"{next(iter(clause)):<10} {1000 * alone:9.1f} ms")
    person = Person.objects.get(handle="p1")
    print(f"{'one person':<10} {1000 * timed(lambda: explain(RULE, person, ON)):9.1f} ms")
    busy = 1000 * spent(lambda: meeting(RULE, ON), time.process_time)
    print(f"{'the rule':<10} {1000 * whole:9.1f} ms, {busy:.1f} ms of CPU, met by {met}")
    each = 1000 * whole / people
    print(f"{each * 1000:.1f} µs a person; 100,000 at this rate: {each * 100:.2f} s")
    return int(each > PROMISED_MS)


def timed(act: Callable[[], object]) -> float:
    """The median of a few runs, in seconds."""
    return statistics.median(spent(act, time.perf_counter) for _turn in range(ROUNDS))


def spent(act: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    act()
    return clock() - start


if __name__ == "__main__":
    main()
