"""How a change request of the invented community goes, down to its commits."""

from datetime import datetime, timedelta, timezone
from math import exp, log

from integrations.demo import phrases
from integrations.demo.cast import DAYS, Member
from integrations.demo.payloads import Json, stamp, user
from integrations.demo.stage import Commit, Opening, Stage


def tell_pull(stage: Stage, number: int, opening: Opening) -> None:
    author = opening.author
    if author is None:
        return
    language = stage.language(author)
    title = (
        f"Bump a dependency to {stage.rng.randint(1, 9)}.{stage.rng.randint(0, 20)}"
        if author.is_bot
        else phrases.pull_title(stage.rng, stage.kind, language)
    )
    pull = stage.forms.pull(number, author, opening.at, title)
    stage.chapter.pulls.append(pull)
    if stage.kind in {"code", "model"} and stage.rng.random() < 0.4:
        share = stage.rng.uniform(70, 96)
        soon = opening.at + timedelta(minutes=stage.rng.randint(4, 25))
        stage.write(number, stage.gauge, soon, f"Coverage {share:.1f} %")
    last, reviewer = review(stage, number, opening, author, language)
    decide(stage, pull, author, last, reviewer)


def review(
    stage: Stage, number: int, opening: Opening, author: Member, language: str
) -> tuple[datetime, Member | None]:
    """Rounds of review; answers when the last one was and who approved."""
    rounds = stage.rng.choices((0, 1, 2, 3), (8, 42, 34, 16))[0]
    last, reviewer = opening.at, None
    for left in range(rounds - 1, -1, -1):
        last = stage.later(last, stage.repo.review_hours * slowness(stage, last))
        reviewer = stage.reviewer(stage.day_of(last), author) or reviewer
        if reviewer is None or last > stage.at:
            continue
        one_review(stage, number, reviewer, last, language, is_last=left == 0)
        if left and stage.rng.random() < 0.6 and not author.is_bot:
            last = stage.later(last, 8)
            stage.comment(number, author, last, language)
    return last, reviewer


def slowness(stage: Stage, moment: datetime) -> float:
    """Reviews slow down over the last four months where the repository says so."""
    share = min(1.0, max(0.0, (stage.day_of(moment) - (DAYS - 120)) / 90))
    return exp(log(stage.repo.slowing) * share)


def one_review(
    stage: Stage, number: int, reviewer: Member, at: datetime, language: str, *, is_last: bool
) -> None:
    state = "APPROVED" if is_last else stage.rng.choice(("CHANGES_REQUESTED", "COMMENTED"))
    words = phrases.sentence(stage.rng, phrases.REVIEWS, language)
    review = stage.forms.review(number, reviewer, at, state, words)
    stage.chapter.reviews.append(review)
    for _ in range(stage.rng.choice((0, 0, 0, 1, 2)) if is_last else stage.rng.randint(1, 2)):
        words = phrases.sentence(stage.rng, phrases.REVIEWS, language)
        if not stage.is_lost(at, "review_comment", number):
            remark = stage.forms.review_comment(review, reviewer, at, words)
            stage.chapter.review_comments.append(remark)


def decide(
    stage: Stage, pull: Json, author: Member, last: datetime, reviewer: Member | None
) -> None:
    """Merge, close or leave open."""
    draw = stage.rng.random()
    merger = reviewer or stage.reviewer(stage.day_of(last), author)
    is_merged = draw < 0.86 and merger is not None
    at = stage.later(last, 9 if is_merged else 300)
    if draw > 0.97:  # forgotten for long
        at += timedelta(days=stage.rng.randint(60, 200))
    if at > stage.at:
        pull["draft"] = draw > 0.7
        return
    pull["state"], pull["closed_at"], pull["updated_at"] = "closed", stamp(at), stamp(at)
    if is_merged and merger is not None:
        pull["merged_at"] = stamp(at)
        pull["merged_by"] = user(merger)
        commit_merge(stage, pull, author, merger, at)


def commit_merge(stage: Stage, pull: Json, author: Member, merger: Member, at: datetime) -> None:
    """The commits of a merged change request: squashed, or one by one with a merge."""
    day = stage.day_of(at)
    if stage.rng.random() < 0.45:
        others = [stage.somebody(day, reviews=False)] if stage.rng.random() < 0.15 else []
        commit(stage, pull["title"], author, at, committer=merger, co_authors=others)
        return
    opened = datetime.fromisoformat(pull["created_at"])
    count = stage.rng.choice((1, 1, 2, 2, 3, 4))
    for index in range(count):
        moment = opened + (at - opened) * (index / (count + 1))
        commit(stage, pull["title"], author, moment.replace(microsecond=0), committer=author)
    commit(stage, f"Merge #{pull['number']}", merger, at, committer=merger, parents=2)


def commit(
    stage: Stage,
    subject: str,
    author: Member,
    at: datetime,
    *,
    committer: Member,
    co_authors: list[Member | None] | None = None,
    parents: int = 1,
) -> None:
    day = stage.day_of(at)

    def signature(one: Member) -> tuple[str, str]:
        return one.name, one.address_on(day)

    others = tuple(signature(one) for one in co_authors or [] if one and one is not author)
    stage.chapter.commits.append(
        Commit(
            sha=f"{stage.rng.getrandbits(160):040x}",
            author=signature(author),
            authored_at=at.astimezone(timezone(timedelta(minutes=author.zone))),
            committer=signature(committer),
            parents=parents,
            subject=subject,
            co_authors=others,
            signed_off=(signature(author),) if stage.repo.name == "wick" else (),
            added=0 if parents > 1 else int(stage.rng.lognormvariate(3.3, 1.2)),
            removed=0 if parents > 1 else int(stage.rng.lognormvariate(2.4, 1.3)),
        )
    )
