"""How an issue of the invented community goes."""

from datetime import datetime, timedelta

from integrations.demo import phrases
from integrations.demo.cast import Member
from integrations.demo.payloads import Json, stamp, user
from integrations.demo.stage import Opening, Stage


def tell_issue(stage: Stage, number: int, opening: Opening) -> None:
    language = stage.language(opening.author)
    title = phrases.issue_title(stage.rng, stage.kind, language)
    issue = stage.forms.issue(number, opening.author, opening.at, title)
    labels = stage.rng.sample(phrases.LABELS, stage.rng.choice((0, 1, 1, 2)))
    issue["labels"] = [{"id": phrases.LABELS.index(one), "name": one} for one in labels]
    stage.chapter.issues.append(issue)
    last, answered = discuss(stage, number, opening, language)
    if answered and stage.rng.random() < 0.9:
        by = stage.reviewer(stage.day_of(last), None) or opening.author
        close_issue(stage, issue, stage.later(last, 110), by)
    elif stage.rng.random() < 0.85:
        stage.write(number, stage.tidy, last + timedelta(days=60), "No activity for 60 days.")
        close_issue(stage, issue, last + timedelta(days=74), stage.tidy)


def discuss(stage: Stage, number: int, opening: Opening, language: str) -> tuple[datetime, bool]:
    """Comments below an issue; answers when the last one was, and whether one was an answer."""
    last, answered = opening.at, False
    if stage.rng.random() < (0.94 if stage.repo.answer_hours < 30 else 0.8):
        last = stage.later(last, stage.repo.answer_hours)
        helper = stage.reviewer(stage.day_of(last), opening.author)
        answered = helper is not None and stage.comment(number, helper, last, language)
    while answered and stage.rng.random() < 0.56:
        last = stage.later(last, 19)
        speaker = opening.author if stage.rng.random() < 0.45 else None
        speaker = speaker or stage.somebody(stage.day_of(last), reviews=False)
        stage.comment(number, speaker, last, language)
    return last, answered


def close_issue(stage: Stage, issue: Json, at: datetime, by: Member | None) -> None:
    """Done or not planned; what a bot closes was forgotten."""
    if at > stage.at:
        return
    is_done = stage.rng.random() < 0.9 and by is not stage.tidy
    issue["state"], issue["closed_at"] = "closed", stamp(at)
    issue["state_reason"] = "completed" if is_done else "not_planned"
    issue["updated_at"] = max(issue["updated_at"], stamp(at))
    issue["closed_by"] = user(by)
