"""Two years of an invented community, told repository by repository from one seed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp
from random import Random

from integrations.demo.cast import DAYS, Member, make_cast
from integrations.demo.issues import tell_issue
from integrations.demo.pulls import tell_pull
from integrations.demo.stage import GHOSTS, Chapter, Opening, Stage
from integrations.demo.works import WORKS


@dataclass(frozen=True, slots=True)
class Story:
    """The cast and one chapter per repository."""

    began: datetime
    cast: list[Member]
    chapters: list[Chapter]


def tell(*, seed: int, people: int, at: datetime) -> Story:
    """The same seed, size and moment tell the same story, byte for byte."""
    at = at.astimezone(UTC).replace(microsecond=0)
    began = (at - timedelta(days=DAYS)).replace(hour=0, minute=0, second=0)
    cast = make_cast(Random(f"{seed} cast"), people)  # noqa: S311
    chapters = []
    for index, (work, repo) in enumerate((one, repo) for one in WORKS for repo in one.repos):
        rng = Random(f"{seed} {repo.name}")  # noqa: S311
        stage = Stage(rng, work, repo, cast=cast, began=began, at=at, index=index)
        chapters.append(tell_chapter(stage))
    return Story(began, cast, chapters)


def tell_chapter(stage: Stage) -> Chapter:
    """One repository from its first day to the last."""
    found = sorted((one for one in openings(stage) if one.at <= stage.at), key=lambda one: one.at)
    for number, opening in enumerate(found, start=1):
        if opening.is_pull:
            tell_pull(stage, number, opening)
        else:
            tell_issue(stage, number, opening)
    tell_releases(stage)
    return stage.chapter


def openings(stage: Stage) -> list[Opening]:
    """Everything opened, by the rhythm of the week, the year and the repository."""
    found = [arrival(stage, one) for one in stage.people if one.homes[0] == stage.repo.name]
    for day in range(stage.repo.began, DAYS + 1):
        pace = stage.pace(day) / 7
        for is_pull, rate in ((False, stage.repo.issues), (True, stage.repo.pulls)):
            authors = [
                stage.somebody(day, reviews=False) for _ in range(poisson(stage.rng, rate * pace))
            ]
            found += [open_at(stage, day, one, is_pull=is_pull) for one in authors if one]
        if stage.kind == "code" and stage.rng.random() < 0.09 * pace * 7:
            found.append(open_at(stage, day, stage.lockstep, is_pull=True))
    return found


def arrival(stage: Stage, member: Member) -> Opening:
    """What somebody begins with: mostly a question, or a small change."""
    day = max(member.joined, stage.repo.began)
    is_pull = stage.rng.random() < (0.25 if member.level == "passing" else 0.5)
    return open_at(stage, day, member, is_pull=is_pull)


def open_at(stage: Stage, day: int, author: Member, *, is_pull: bool) -> Opening:
    is_ghost = not is_pull and stage.rng.random() < GHOSTS
    return Opening(stage.moment(day, author), None if is_ghost else author, is_pull)


def tell_releases(stage: Stage) -> None:
    day, minor = stage.repo.began + stage.repo.release_days, 1
    while day < DAYS and stage.pace(day) > 0.1 * stage.size:
        author = stage.reviewer(day, None)
        if author is not None and (moment := stage.moment(day, author)) <= stage.at:
            release = stage.forms.release(f"v0.{minor}.0", author, moment)
            stage.chapter.releases.append(release)
            minor += 1
        day += int(stage.repo.release_days * stage.rng.uniform(0.75, 1.3))


def poisson(rng: Random, mean: float) -> int:
    """How many of something rare happen, drawn by Knuth's product of uniforms."""
    limit, product, count = exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count
