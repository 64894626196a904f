"""The stage on which one repository's story plays: the calendar, the people, the pen."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from math import log
from random import Random

from django.utils.translation import gettext_noop as _

from community.lib.refusals import Sentence
from integrations.demo import phrases
from integrations.demo.cast import BOTS, DAYS, FIRST_ID, KEEPER, KEEPING, KEPT, Member
from integrations.demo.payloads import Forms, Json
from integrations.demo.works import Repo, Work

WEEK = (1.06, 1.14, 1.12, 1.06, 0.94, 0.42, 0.38)
SPRINT = range(DAYS - 168, DAYS - 161)  # everybody came together for a week
DAMAGED = range(DAYS - 150, DAYS - 143)
DAMAGED_REPO = "wick"
DAMAGE = Sentence(_("The forge answered 502 for a week; comments of those days were lost."))
GHOSTS = 0.015  # share of acts whose account was deleted
ORDINARY_SIZE = 150  # people for whom the repositories' rates are meant
IDS_PER_REPO = 1_000_000


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit as git tells it."""

    sha: str
    author: tuple[str, str]  # name, mail address
    authored_at: datetime
    committer: tuple[str, str]
    parents: int
    subject: str
    co_authors: tuple[tuple[str, str], ...]
    signed_off: tuple[tuple[str, str], ...]
    added: int
    removed: int


@dataclass(slots=True)
class Chapter:
    """Everything the forge has about one repository."""

    work: Work
    repo: Repo
    issues: list[Json] = field(default_factory=list)
    pulls: list[Json] = field(default_factory=list)
    comments: list[Json] = field(default_factory=list)
    reviews: list[Json] = field(default_factory=list)
    review_comments: list[Json] = field(default_factory=list)
    releases: list[Json] = field(default_factory=list)
    commits: list[Commit] = field(default_factory=list)
    lost: defaultdict[date, list[tuple[str, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )  # kind and number of the item


@dataclass(frozen=True, slots=True)
class Opening:
    """The moment at which somebody opens an issue or a change request."""

    at: datetime
    author: Member | None
    is_pull: bool


class Stage:
    """Knows the day's pace and who is there, and writes what they say; nothing after `at`."""

    def __init__(
        self,
        rng: Random,
        work: Work,
        repo: Repo,
        *,
        cast: list[Member],
        began: datetime,
        at: datetime,
        index: int,
    ) -> None:
        self.rng, self.repo, self.kind = rng, repo, work.kind
        self.began, self.at = began, at
        self.people = [one for one in cast if repo.name in one.homes]
        self.size = (len(cast) - len(BOTS)) / ORDINARY_SIZE
        self.tidy, self.lockstep, self.gauge = cast[-len(BOTS) :]
        self.chapter = Chapter(work, repo)
        self.forms = Forms(repo.name, FIRST_ID + (index + 1) * IDS_PER_REPO)
        self.pools: dict[tuple[int, bool], tuple[list[Member], list[float]]] = {}

    def pace(self, day: int) -> float:
        """How lively the repository is on this day, 1 on an ordinary one."""
        begin, end = self.repo.growth
        today = self.began + timedelta(days=day)
        share = (day - self.repo.began) / max(1, DAYS - self.repo.began)
        pace = self.size * (begin + (end - begin) * share) * WEEK[today.weekday()]
        if (today.month, today.day) >= (12, 23) or (today.month, today.day) <= (1, 2):
            pace *= 0.35
        if today.month == 2 and today.day <= 12:  # around the Spring Festival
            pace *= 0.5
        if today.month == 8:
            pace *= 0.8
        return pace * (2.4 if day in SPRINT else 1)

    def moment(self, day: int, member: Member) -> datetime:
        """A moment of this day in the hours in which the member works."""
        local = self.rng.gauss(member.hour, 2.2) * 60 - member.zone
        minutes = local % (24 * 60)
        return self.began + timedelta(
            days=day, minutes=int(minutes), seconds=self.rng.randrange(60)
        )

    def later(self, moment: datetime, hours: float) -> datetime:
        """Some time after; half of all draws stay within `hours`."""
        delay = self.rng.lognormvariate(log(hours), 1.05) * 3600
        return moment + timedelta(seconds=60 + int(delay))

    def day_of(self, moment: datetime) -> int:
        return (moment - self.began).days

    def somebody(self, day: int, *, reviews: bool) -> Member | None:
        """Somebody who is there in this week; reviews are done by those who stay."""
        key = (day // 7, reviews)
        if key not in self.pools:
            pool = [
                one
                for one in self.people
                if one.is_there(day) and (not reviews or one.level in {"core", "regular"})
            ]
            weights = [one.energy * (self.keeping(one) if reviews else 1) for one in pool]
            self.pools[key] = pool, list(accumulate(weights))
        pool, weights = self.pools[key]
        return self.rng.choices(pool, cum_weights=weights)[0] if pool else None

    def keeping(self, member: Member) -> int:
        """How much more one reviews here than others do."""
        return KEEPING if self.repo.name == KEPT and member.number == KEEPER else 1

    def reviewer(self, day: int, author: Member | None) -> Member | None:
        """Somebody else than the author who can answer for the repository."""
        for _try in range(4):
            found = self.somebody(day, reviews=True)
            if found is not None and found is not author:
                return found
        return None

    def language(self, author: Member | None) -> str:
        """What is written in: people write their own language where it is spoken."""
        if author is None or author.language == "en":
            return "en"
        return "zh" if self.rng.random() < self.repo.chinese + 0.25 else "en"

    def comment(self, number: int, author: Member | None, at: datetime, language: str) -> bool:
        """A comment in the language of the thread; False when it would be written after `at`."""
        if author and author.language != "zh" and language == "zh":
            language = "en"
        return self.write(
            number, author, at, phrases.sentence(self.rng, phrases.COMMENTS, language)
        )

    def write(self, number: int, author: Member | None, at: datetime, body: str) -> bool:
        if at > self.at:
            return False
        who = None if self.rng.random() < GHOSTS and author and not author.is_bot else author
        if not self.is_lost(at, "issue_comment", number):
            self.chapter.comments.append(self.forms.comment(number, who, at, body))
        return True

    def is_lost(self, at: datetime, kind: str, number: int) -> bool:
        """Whether the damaged week swallowed a comment, which is then counted as missing."""
        is_damaged = self.repo.name == DAMAGED_REPO and self.day_of(at) in DAMAGED
        if not is_damaged or self.rng.random() > 0.8:
            return False
        self.chapter.lost[at.date()].append((kind, number))
        return True
