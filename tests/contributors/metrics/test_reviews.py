"""How change requests are looked at, on plain rows."""

from datetime import UTC, date, datetime, timedelta

from contributors.metrics.definitions.durations import DAY, time_to_first_response
from contributors.metrics.definitions.flow import (
    change_requests,
    change_requests_accepted,
    change_requests_declined,
)
from contributors.metrics.definitions.reviews import (
    Course,
    Step,
    change_request_commits,
    change_request_reviews,
    review_cycle_duration,
)
from contributors.metrics.definitions.rows import Commit, Item, Period, Reply

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
OPENED = datetime(2026, 3, 10, tzinfo=UTC)
LONG_AFTER = datetime(2026, 9, 1, tzinfo=UTC)
AUTHOR, OTHER = 1, 2


def after(days: float) -> datetime:
    return OPENED + timedelta(days=days)


def request(*replies: Reply, **more) -> Item:
    return Item(
        "change_request", OPENED, LONG_AFTER, **{"author": AUTHOR, "replies": replies, **more}
    )


def review(by: int | None = OTHER, outcome: str = "approved", days: float = 1, **more) -> Reply:
    return Reply(after(days), by, "review", outcome, **more)


def course(*steps: tuple[float, str], author: int = AUTHOR, **more) -> Course:
    made = tuple(
        Step(after(days), what, OTHER if what == "reviewed" else author) for days, what in steps
    )
    return Course(author, made, more.pop("observed_until", LONG_AFTER), **more)


def test_the_share_reviewed_and_the_reviews_for_each_request_stand_together():
    found = change_request_reviews([request(review(), review()), request()], MARCH)

    assert (found.value, found.n) == (0.5, 2)
    assert (found.details["reviews"], found.details["mean"], found.details["p50"]) == (2, 1.0, 1.0)


def test_reviews_are_told_by_outcome():
    outcomes = ("approved", "changes_requested", "commented", "dismissed")

    found = change_request_reviews([request(*(review(outcome=one) for one in outcomes))], MARCH)

    assert found.details["outcomes"] == {"approved": 1, "changes": 1, "comment": 2}


def test_a_review_by_the_author_is_none():
    found = change_request_reviews([request(review(by=AUTHOR))], MARCH)

    assert (found.value, found.details["apart"]) == (0.0, {"author": 1})


def test_a_review_by_a_bot_is_told_apart():
    found = change_request_reviews([request(review(is_bot=True))], MARCH)

    assert (found.value, found.details["apart"]) == (0.0, {"bot": 1})


def test_a_review_by_nobody_known_may_be_the_authors_own():
    found = change_request_reviews([request(review(by=None))], MARCH)

    assert (found.value, found.details["apart"]) == (0.0, {"unknown": 1})


def test_a_pending_review_is_invisible():
    found = change_request_reviews([request(review(is_pending=True))], MARCH)

    assert (found.value, found.details["apart"]) == (0.0, {})


def test_comments_are_no_reviews():
    found = change_request_reviews([request(Reply(after(1), OTHER))], MARCH)

    assert found.value == 0


def test_a_review_long_after_the_period_leaves_its_figure_as_it_was():
    late = change_request_reviews([request(review(days=90))], MARCH)

    assert late == change_request_reviews([request()], MARCH)


def test_no_request_has_no_share_reviewed():
    assert change_request_reviews([], MARCH).value is None


def test_each_round_runs_from_a_push_to_the_review_after_it():
    steps = ((0, "submitted"), (2, "reviewed"), (5, "pushed"), (6, "reviewed"), (7, "ended"))

    cycle = review_cycle_duration([course(*steps)], MARCH)

    assert (cycle.value, cycle.n, cycle.details["mean"]) == (DAY, 2, 1.5 * DAY)


def test_a_forced_push_begins_a_round_as_any_push_does():
    steps = ((0, "submitted"), (3, "forced"), (4, "reviewed"))

    cycle = review_cycle_duration([course(*steps)], MARCH)

    assert (cycle.n, cycle.details["pushed"], cycle.details["pushed_median"]) == (2, 1, 3 * DAY)


def test_asking_a_reviewer_again_begins_a_round():
    steps = ((0, "submitted"), (1, "reviewed"), (4, "requested"), (9, "reviewed"))

    cycle = review_cycle_duration([course(*steps)], MARCH)

    assert (cycle.details["reviewed"], cycle.details["p85"]) == (2, 380_160.0)


def test_asking_while_a_round_runs_begins_no_other():
    steps = ((0, "submitted"), (1, "requested"), (4, "reviewed"))

    cycle = review_cycle_duration([course(*steps)], MARCH)

    assert (cycle.value, cycle.n) == (4 * DAY, 1)


def test_the_authors_own_review_ends_no_round():
    made = Course(
        AUTHOR, (Step(OPENED, "submitted", AUTHOR), Step(after(1), "reviewed", AUTHOR)), LONG_AFTER
    )

    cycle = review_cycle_duration([made], MARCH)

    assert (cycle.value, cycle.details["open"]) == (None, 1)


def test_a_round_that_nothing_ended_is_censored_where_the_source_was_read():
    waiting = course((0, "submitted"), observed_until=after(2))
    reviewed = course((0, "submitted"), (5, "reviewed"))

    cycle = review_cycle_duration([waiting, reviewed], MARCH)

    assert (cycle.value, cycle.n, cycle.details["open"]) == (5 * DAY, 2, 1)


def test_a_request_closed_without_a_review_leaves_its_round_unended():
    cycle = review_cycle_duration([course((0, "submitted"), (1, "ended"))], MARCH)

    assert (cycle.value, cycle.n) == (None, 1)


def test_rounds_of_bots_do_not_count():
    made = course((0, "submitted"), (1, "reviewed"), is_bot=True)

    assert review_cycle_duration([made], MARCH).n == 0


def test_commits_count_for_each_request_with_authors_and_co_authors():
    commits = (Commit(1, MARCH.start, 2), Commit(3, MARCH.start))

    found = change_request_commits(
        [request(commits=commits, helpers=frozenset({7})), request()], MARCH
    )

    assert (found.value, found.details["commits"]) == (1.5, 3)
    assert (found.details["authors"], found.details["co_authors"]) == (2, 1)


def test_merge_commits_can_be_left_out():
    commits = (Commit(1, MARCH.start), Commit(1, MARCH.start, is_merge=True))
    made = request(commits=commits)

    found = [
        change_request_commits([made], MARCH, with_merges=told).value for told in (True, False)
    ]

    assert found == [2, 1]


def test_no_request_has_no_number_of_commits():
    assert change_request_commits([], MARCH).value is None


def test_only_who_was_a_maintainer_on_that_day_answers_for_the_maintainers():
    early = Reply(after(1), OTHER)
    later = Reply(after(3), 5, is_maintainer=True)
    made = request(early, later, first_response_at=early.at)

    found = [
        time_to_first_response([made], MARCH, maintainers_only=told).value for told in (False, True)
    ]

    assert found == [DAY, 3 * DAY]


def test_a_maintainer_does_not_answer_themselves():
    own = Reply(after(1), AUTHOR, is_maintainer=True)

    found = time_to_first_response([request(own)], MARCH, maintainers_only=True)

    assert (found.value, found.details["unanswered"]) == (None, 1)


def test_a_former_draft_can_count_from_when_it_was_ready():
    drafted = Item(
        "change_request", datetime(2026, 2, 1, tzinfo=UTC), LONG_AFTER, ready_at=after(0)
    )

    found = [change_requests([drafted], MARCH, from_ready=told).value for told in (False, True)]

    assert found == [0, 1]


def test_a_draft_that_was_never_ready_does_not_count_from_then():
    assert change_requests([request(is_draft=True)], MARCH, from_ready=True).value == 0


def test_a_closed_request_whose_commit_landed_was_accepted():
    squashed = request(closed_at=after(2), landed_at=after(2))

    accepted, declined = (
        define([squashed], MARCH).value
        for define in (change_requests_accepted, change_requests_declined)
    )

    assert (accepted, declined) == (1, 0)


def test_a_superseded_request_was_not_refused():
    made = request(closed_at=after(2), is_superseded=True)

    declined = change_requests_declined([made, request(closed_at=after(3))], MARCH)

    assert (declined.value, declined.details["superseded"]) == (1, 1)
