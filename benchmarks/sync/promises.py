"""What Guildhall promises about its cost; each is checked against what was measured."""

from collections.abc import Iterator

from benchmarks.sync.bench import Bench

PER_THOUSAND, WALL, CPU, MEMORY = 10.5, 3.0, 110.0, 120.0
WEEK, UNCHANGED = 10, 6
WALL_WITH_LATENCY = 1.5
AT_ONCE, REST_POINTS, GRAPHQL_POINTS = 100, 900, 2_000  # GitHub's documented secondary limits
WORDS = {
    "at_once": "requests at once",
    "rest_points": "REST points in a minute",
    "graphql_points": "GraphQL points in a minute",
}
Promise = tuple[str, float, float]  # what, measured, at most


def kept(promises: list[Promise]) -> int:
    """Print each promise and answer how many were broken."""
    for what, found, most in promises:
        word = "kept" if found <= most else "BROKEN"
        print(f"{word:<7} {what}: {found:,.2f}, at most {most:,.2f}")
    return sum(found > most for _, found, most in promises)


def check(bench: Bench) -> int:
    """How many promises of this run were broken."""
    names = {name for _, name in bench.found if name.startswith("Guildhall")}
    print()
    return kept([one for name in sorted(names) for one in promised(bench, name)])


def promised(bench: Bench, name: str) -> Iterator[Promise]:
    """What was promised of one database."""
    phases = {phase: one for (phase, who), one in bench.found.items() if who == name}
    backfill, floor = phases["backfill"], bench.found["backfill", "floor"]
    count, most = bench.contributions, WALL_WITH_LATENCY if bench.latency else WALL
    yield f"{name}: requests per 1,000", backfill.requests / count * 1_000, PER_THOUSAND
    yield f"{name}: wall against the floor's", backfill.wall / floor.wall, most
    if not bench.latency:
        yield f"{name}: CPU us per contribution", backfill.cpu / count * 1e6, CPU
    yield f"{name}: peak MB", backfill.peak, MEMORY
    if week := phases.get("week"):
        yield f"{name}: requests after a week", week.requests, WEEK
        unnoticed = week.told["unnoticed"]
        yield f"{name}: went unnoticed: {', '.join(unnoticed) or '-'}", len(unnoticed), 0
    if idle := phases.get("nothing"):
        yield f"{name}: requests when nothing changed", idle.requests, UNCHANGED
        yield f"{name}: of them billed", idle.billed, 0
    for word, limit in (
        ("at_once", AT_ONCE),
        ("rest_points", REST_POINTS),
        ("graphql_points", GRAPHQL_POINTS),
    ):
        found = max(one.record[word] for one in phases.values())
        yield f"{name}: {WORDS[word]}", found, limit
    wrong = [f"{phase} {part}" for phase, one in phases.items() for part in one.wrong]
    yield f"{name}: unlike the server's world: {', '.join(wrong) or '-'}", len(wrong), 0
