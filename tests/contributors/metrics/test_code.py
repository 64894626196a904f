"""What was committed and by whom, on plain rows."""

from datetime import date

from contributors.metrics.definitions.code import (
    code_changes_commits,
    code_changes_lines,
    committers,
)
from contributors.metrics.definitions.rows import Commit, Period

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
DAY = date(2026, 3, 10)


def commit(author: int | None = 1, **more) -> Commit:
    return Commit(author, **{"day": DAY, **more})


def test_commits_count_on_the_day_of_the_author_unless_told_otherwise():
    rebased = commit(day=date(2026, 2, 27), committed_on=date(2026, 3, 2))

    found = [
        code_changes_commits([rebased], MARCH, by_committer=told).value for told in (False, True)
    ]

    assert found == [0, 1]


def test_merges_and_empty_commits_count_unless_told_otherwise():
    commits = [commit(), commit(is_merge=True), commit(is_empty=True)]

    found = (
        code_changes_commits(commits, MARCH),
        code_changes_commits(commits, MARCH, with_merges=False),
        code_changes_commits(commits, MARCH, with_empty=False),
    )

    assert [one.value for one in found] == [3, 2, 2]


def test_commits_that_touch_no_source_do_not_count():
    assert code_changes_commits([commit(is_source=False), commit()], MARCH).value == 1


def test_commits_of_bots_are_told_apart():
    found = code_changes_commits([commit(times=3), commit(9, times=4, is_bot=True)], MARCH)

    assert (found.value, found.details) == (3, {"bots": 4})


def test_lines_are_those_added_plus_those_removed():
    found = code_changes_lines([commit(added=10, removed=4)], MARCH)

    assert (found.value, found.details["net"]) == (14, 6)


def test_lines_of_vendored_and_generated_files_stand_apart():
    found = code_changes_lines([commit(added=10, removed=0, vendored=5000)], MARCH)

    assert (found.value, found.details["vendored"]) == (10, 5000)


def test_lines_of_change_requests_serve_only_where_no_commits_are_read():
    rows = [
        commit(added=10, removed=0, repository=1),
        commit(added=90, removed=0, repository=1, is_request=True),
        commit(added=7, removed=0, repository=2, is_request=True),
    ]

    assert code_changes_lines(rows, MARCH).value == 17


def test_commits_without_lines_are_missing():
    found = code_changes_lines([commit(added=1, removed=1, times=3), commit()], MARCH)

    assert (found.value, found.n, found.missing) == (2, 3, 0.25)


def test_where_no_commit_has_lines_their_number_is_unknown_rather_than_zero():
    assert code_changes_lines([commit()], MARCH).value is None


def test_without_any_commit_no_line_was_changed():
    assert code_changes_lines([], MARCH).value == 0


def test_one_person_with_many_commits_is_one_committer():
    found = committers([commit(1, times=4), commit(1), commit(2), commit(8, is_bot=True)], MARCH)

    assert (found.value, found.n) == (2, 2)


def test_commits_by_nobody_known_are_missing_from_the_committers():
    found = committers([commit(None), commit(1, times=3)], MARCH)

    assert (found.value, found.missing) == (1, 0.25)


def test_a_change_request_alone_makes_nobody_a_committer():
    assert committers([commit(is_request=True, added=3, removed=0)], MARCH).value == 0
