"""The invented community, before it enters the house."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest

from integrations.demo.cast import DAYS, FIRST_ID
from integrations.demo.phrases import ABOUT_DOCS, CHANGES_OF_DOCS, ISSUES, PARTS, PULLS
from integrations.demo.records import batch_of
from integrations.demo.stage import DAMAGED, DAMAGED_REPO
from integrations.demo.story import tell
from integrations.demo.works import EMPLOYERS, WORKS

AT = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
PAGES = ("issues", "pulls", "comments", "reviews", "review_comments", "releases")


@pytest.fixture(scope="module")
def story():
    """The community that quickstart shows."""
    return tell(seed=1, people=150, at=AT)


def payloads(story):
    return chain.from_iterable(getattr(one, page) for one in story.chapters for page in PAGES)


@pytest.fixture(scope="module")
def small():
    return tell(seed=7, people=20, at=AT)


def test_the_same_seed_and_moment_tell_the_same_story(small):
    assert tell(seed=7, people=20, at=AT) == small


@pytest.mark.parametrize(
    "other", [{"seed": 8}, {"people": 21}, {"at": AT + timedelta(days=3)}], ids=str
)
def test_another_seed_size_or_moment_tells_another_story(small, other):
    assert tell(**{"seed": 7, "people": 20, "at": AT, **other}) != small


def test_the_community_has_the_promised_size(story):
    acts = sum(len(batch_of(chapter).contributions) for chapter in story.chapters)

    assert sum(not member.is_bot for member in story.cast) == 150
    assert (len(WORKS), len({work.kind for work in WORKS}), len(EMPLOYERS)) == (6, 5, 12)
    assert 25_000 <= acts <= 42_000


def test_nothing_happens_outside_the_two_years(story):
    moments = [
        datetime.fromisoformat(payload[name])
        for payload in payloads(story)
        for name in ("created_at", "updated_at", "closed_at", "merged_at", "submitted_at")
        if payload.get(name)
    ]
    moments += [commit.authored_at for chapter in story.chapters for commit in chapter.commits]

    assert (min(moments) >= story.began, max(moments) <= AT) == (True, True)
    assert max(moments) > AT - timedelta(days=1)


def test_every_payload_has_an_id_of_its_own_above_those_of_real_accounts(story):
    ids = [payload["id"] for payload in payloads(story)]

    assert len(set(ids)) == len(ids)
    assert min(ids) > FIRST_ID


def test_issues_and_change_requests_share_one_row_of_numbers(story):
    for chapter in story.chapters:
        numbers = sorted(one["number"] for one in chapter.issues + chapter.pulls)

        assert numbers == list(range(1, len(numbers) + 1))


def test_answers_belong_to_what_was_opened_before_them(story):
    early = []
    for chapter in story.chapters:
        opened = {one["number"]: one["created_at"] for one in chapter.issues + chapter.pulls}
        for comment in chapter.comments:
            number = int(comment["issue_url"].rsplit("/", 1)[1])
            early += [comment["id"]] * (comment["created_at"] < opened[number])

    assert early == []


def test_nobody_reviews_their_own_change(story):
    own = []
    for chapter in story.chapters:
        authors = {one["url"]: one["user"]["id"] for one in chapter.pulls}
        own += [
            review["id"]
            for review in chapter.reviews
            if authors[review["pull_request_url"]] == review["user"]["id"]
        ]

    assert own == []


def test_people_come_and_go(story):
    people = [member for member in story.cast if not member.is_bot]
    quarters = Counter(member.joined // 91 for member in people)
    core = [member for member in people if member.level == "core"]

    assert all(quarters[quarter] >= 3 for quarter in range(8))
    assert sum(member.left < DAYS for member in core) == 3
    assert sum(len(member.posts) == 2 for member in people) >= 8


def test_every_project_has_people_at_its_heart(story):
    at_home = {member.homes[0] for member in story.cast if member.level == "core"}

    assert [work.slug for work in WORKS if not at_home & {repo.name for repo in work.repos}] == []


def test_everybody_leaves_a_trace(story):
    seen = {payload["user"]["id"] for payload in payloads(story) if payload.get("user")}
    silent = [
        member.login
        for member in story.cast
        if FIRST_ID + member.number not in seen and member.joined < DAYS - 14
    ]

    assert len(silent) <= 3  # the account of a ghost is gone


def test_some_authors_are_unknown_and_some_issues_unanswered(story):
    issues = [issue for chapter in story.chapters for issue in chapter.issues]
    answered = {
        comment["issue_url"]
        for chapter in story.chapters
        for comment in chapter.comments
        if comment["user"] and comment["user"]["type"] == "User"
    }

    assert 5 <= sum(issue["user"] is None for issue in issues) <= len(issues) * 0.04
    assert sum(issue["url"] not in answered for issue in issues) > len(issues) * 0.03


def test_weekends_are_quiet(story):
    opened = Counter(
        datetime.fromisoformat(pull["created_at"]).weekday()
        for chapter in story.chapters
        for pull in chapter.pulls
    )

    assert opened[5] + opened[6] < (opened[1] + opened[2]) * 0.55


def test_only_the_damaged_week_of_one_repository_lost_something(story):
    lost = {chapter.repo.name: chapter.lost for chapter in story.chapters if chapter.lost}

    days = {(day - story.began.date()).days for day in lost[DAMAGED_REPO]}
    assert list(lost) == [DAMAGED_REPO]
    assert days <= set(DAMAGED)
    assert sum(map(len, lost[DAMAGED_REPO].values())) >= 10


def test_every_mail_address_and_link_is_an_example(story):
    addresses = [address for member in story.cast for address in member.addresses]
    links = [payload["html_url"] for payload in payloads(story)]

    assert [one for one in addresses if not one.endswith(".example")] == []
    assert {link.split("/")[2] for link in links} == {"forge.example"}


def test_both_languages_are_written(story):
    chinese = [
        issue["title"]
        for chapter in story.chapters
        for issue in chapter.issues
        if any("\u4e00" <= letter <= "\u9fff" for letter in issue["title"])
    ]

    assert 0.15 <= len(chinese) / sum(len(one.issues) for one in story.chapters) <= 0.6


@pytest.mark.parametrize("patterns", [ISSUES, PULLS, ABOUT_DOCS, CHANGES_OF_DOCS])
def test_every_title_names_a_part(patterns):
    assert {language: len(patterns[language]) >= 9 for language in patterns} == {
        "en": True,
        "zh": True,
    }
    assert [t for titles in patterns.values() for t in titles if "{part}" not in t] == []
    assert set(PARTS) == {work.kind for work in WORKS}
