"""How long it takes to compute, publish, seal, export and check an electoral roll.

    python -m benchmarks.roll [--people 100000] [--cells 4]

Fills a fresh SQLite file, or an empty database named by DATABASE_URL, with so many
people, and takes one roll through its life. The floor of a step is the bare work
that it cannot do without, on the same rows: evaluating the rule and a plain bulk
insert, an update of one row, one read of the leaves and a hash.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from benchmarks.criteria import AT, ON, fill
from benchmarks.ingest import prepare

DOCUMENT: dict[str, Any] = {"all": [{"tenure": {"days": 1}}, {"is_not": ["bot"]}]}
COLUMNS = "{:<24}{:>10}{:>10}{:>8}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--cells", type=int, default=4)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        fill(asked.people, asked.cells)
        measure()


def measure() -> None:
    from contributors.criteria.gathering import meeting
    from governance.rolls.actions import compute_roll, publish_roll, seal_roll
    from governance.rolls.exporting import document_of
    from governance.rolls.models import Roll
    from governance.rolls.verifying import differences

    roll, other = a_roll("measured"), a_roll("floor")
    meeting(DOCUMENT, ON)  # the first time reads what later times find in memory
    print(COLUMNS.format("step", "seconds", "floor", "ratio"))
    insert = spent(lambda: plain_insert(other))
    told("compute", spent(lambda: compute_roll(roll=roll, at=AT)), insert)
    told("compute again", spent(lambda: compute_roll(roll=roll, at=AT)), insert)
    until = AT + timedelta(days=7)
    touch = spent(lambda: Roll.objects.filter(pk=other.pk).update(title="Floor"))
    told("publish", spent(lambda: publish_roll(roll=roll, requests_until=until, **by(AT))), touch)
    read = spent(lambda: bare_hash(other))
    told("seal", spent(lambda: seal_roll(roll=roll, override="x" * 20, **by(until))), read)
    roll.refresh_from_db()
    written: list[str] = []
    export = spent(lambda: written.append(json.dumps(document_of(roll, is_public=False))))
    told("export", export, read)
    wrong: list[str] = []
    verify = spent(lambda: wrong.extend(differences(written[0].encode(), roll.sha256)))
    told("verify", verify, read)
    print(f"{roll.voters.count()} voters, {len(written[0]) / 1e6:.1f} MB, differences: {wrong}")


def by(at: Any) -> dict[str, Any]:
    """Done by the site itself."""
    return {"by": None, "at": at}


def a_roll(slug: str) -> Any:
    from community.people.models import Person
    from contributors.criteria.actions import create_rule
    from contributors.criteria.models import Rule
    from governance.rolls.actions import create_roll

    rule = Rule.objects.filter(slug="voters").first() or create_rule(
        slug="voters", title="Voters", document=DOCUMENT, by=None, at=AT
    )
    officers = Person.objects.filter(is_bot=False).order_by("pk")[:2]
    facts = {"slug": slug, "title": slug, "on": ON, "floor": 0, "officers": list(officers)}
    return create_roll(criteria=rule.latest, by=None, at=AT, **facts)


def plain_insert(roll: Any) -> None:
    """The rule, and as many rows with nothing worked out for them."""
    from contributors.criteria.gathering import meeting
    from governance.rolls.models import Voter

    met = meeting(DOCUMENT, ON)
    rows = [Voter(roll=roll, person_id=pk, leaf=str(pk)) for pk in met]
    Voter.objects.bulk_create(rows, batch_size=5_000)


def bare_hash(roll: Any) -> str:
    from governance.rolls.leaves import roll_hash
    from governance.rolls.models import Voter

    return roll_hash(Voter.objects.filter(roll=roll).values_list("leaf", flat=True))


def told(step: str, seconds: float, floor: float) -> None:
    print(COLUMNS.format(step, f"{seconds:.3f}", f"{floor:.3f}", f"{seconds / floor:.1f}"))


def spent(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
