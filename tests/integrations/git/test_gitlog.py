"""What `git log` says, whatever people put into their commits."""

from datetime import UTC, datetime

import pytest

from integrations.connections.gitlog import Signature, read_commits
from integrations.connections.gitprocess import GitFailed
from tests.factories.gitrepo import ADA, BOB, NOON, Draft, git, make, write


def read(path, **options):
    return list(read_commits(path, **options))


def one(tmp_path, **fields):
    return read(make(tmp_path / "r.git", [Draft(1, **fields)]))[0]


def test_a_commit_carries_people_times_zone_and_lines(tmp_path):
    commit = one(
        tmp_path,
        message="Widen the door\n\nLong story.",
        committer=BOB,
        date=f"{NOON} +0530",
        committed=f"{NOON + 60} -0800",
        files={"a.txt": b"one\ntwo\n"},
    )

    assert commit.author == Signature("Ada Lovelace", "ada@example.org")
    assert commit.committer == Signature("Bob", "bob@example.org")
    assert commit.authored_at == datetime.fromtimestamp(NOON, UTC)
    assert commit.committed_at == datetime.fromtimestamp(NOON + 60, UTC)
    assert (commit.zone_minutes, commit.title) == (330, "Widen the door")
    assert (commit.lines_added, commit.lines_removed, commit.is_merge) == (2, 0, False)


def test_trailers_name_people_after_the_mailmap(tmp_path):
    path = make(
        tmp_path / "r.git",
        [
            Draft(1, files={".mailmap": b"Robert <bob@example.org> <old@example.org>\n"}),
            Draft(
                2,
                author="B <old@example.org>",
                message="Pair\n\nCo-authored-by: Bobby <old@example.org>\n"
                "Co-authored-by: nobody\nSigned-off-by: Ada Lovelace <ada@example.org>\n",
            ),
        ],
    )

    commit = read(path)[1]

    robert = Signature("Robert", "bob@example.org")
    assert (commit.author, commit.co_authors) == (robert, [robert])
    assert commit.signers == [Signature("Ada Lovelace", "ada@example.org")]


def test_the_mailmap_of_a_repository_with_files_is_honored_too(tmp_path):
    drafts = [Draft(1, files={".mailmap": b"Countess <ada@example.org>\n"})]
    path = make(tmp_path / "r", drafts, bare=False)

    assert read(path)[0].author.name == "Countess"


def test_merges_of_many_branches_come_after_their_parents(tmp_path):
    path = make(
        tmp_path / "r.git",
        [
            Draft(1, files={"a": b"a\n"}),
            *(Draft(n, parents=[1], branch=f"b{n}", files={f"f{n}": b"x\n"}) for n in (2, 3, 4)),
            Draft(5, message="Octopus", parents=[1, 2, 3, 4]),
        ],
    )

    commits = read(path)

    place = {commit.sha: n for n, commit in enumerate(commits)}
    assert len(commits) == 5
    assert commits[-1].is_merge
    assert all(place[p] < place[c.sha] for c in commits for p in c.parents)


def test_empty_renamed_binary_and_vendored_changes_have_no_lines(tmp_path):
    text = b"".join(b"line %d\n" % n for n in range(40))
    path = make(
        tmp_path / "r.git",
        [
            Draft(1, files={"old.txt": text}),
            Draft(2, message="Nothing"),
            Draft(3, renames={"old.txt": "new.txt"}),
            Draft(4, files={"image.png": b"\0\1\2\0"}),
            Draft(5, files={"node_modules/x.js": text, "package-lock.json": text}),
            Draft(6, files={"new.txt": None}),
            Draft(7, files={"二 进\tname": b"x\n"}),
        ],
    )

    lines = [(commit.lines_added, commit.lines_removed) for commit in read(path)]

    assert lines == [(40, 0), (0, 0), (0, 0), (0, 0), (0, 0), (0, 40), (1, 0)]


@pytest.mark.parametrize(
    ("author", "name", "email"),
    [
        ("Jos\udce9 <jose@example.org>", "José", "jose@example.org"),
        ("张伟 <zhang@example.cn>", "张伟", "zhang@example.cn"),
        (" <>", "", ""),
        ("Only Name <>", "Only Name", ""),
        ("<only@example.org>", "", "only@example.org"),
    ],
)
def test_names_in_any_encoding_or_none(tmp_path, author, name, email):
    commit = one(tmp_path, author=author)

    assert commit.author == Signature(name, email)


def test_a_message_in_a_declared_encoding_is_read(tmp_path):
    commit = one(tmp_path, message="Caf\udce9", encoding="ISO-8859-1")

    assert commit.title == "Café"


@pytest.mark.parametrize("broken", ["0 +0000", "99999999999 +0000", "4102444800 +0000"])
def test_a_date_that_cannot_be_is_mended_by_the_other_date(tmp_path, broken):
    commit = one(tmp_path, date=broken, committed=f"{NOON} +0000")

    assert commit.authored_at == datetime.fromtimestamp(NOON, UTC)
    assert commit.is_redated


def test_where_both_dates_are_broken_the_commit_before_lends_its_own(tmp_path):
    path = make(
        tmp_path / "r.git",
        [Draft(1, date=f"{NOON} +0000"), Draft(2, date="4102444800 +0000")],
    )

    assert read(path)[1].authored_at == datetime.fromtimestamp(NOON, UTC)


def test_a_zone_that_cannot_be_is_unknown(tmp_path):
    assert one(tmp_path, date=f"{NOON} +9900").zone_minutes is None


def test_only_what_came_after_the_tips_is_read(tmp_path):
    path = make(tmp_path / "r.git", [Draft(1), Draft(2)])
    tip = git(path, "rev-parse", "main")
    write(path, [Draft(3, message="Later", parents=["refs/heads/main^0"])])

    assert [commit.title for commit in read(path, since_tips=[tip])] == ["Later"]


def test_a_folder_without_history_is_refused_by_git(tmp_path):
    with pytest.raises(GitFailed):
        read(tmp_path)


def test_what_a_repository_configures_is_not_run(tmp_path):
    path = make(tmp_path / "r", [Draft(1, files={"a.x": b"1\n"})], bare=False)
    witness = tmp_path / "witness"
    script = f"touch {witness}; cat"
    git(path, "config", "log.showSignature", "true")
    git(path, "config", "gpg.program", script)
    git(path, "config", "diff.external", script)
    git(path, "config", "diff.x.textconv", script)
    git(path, "config", "core.fsmonitor", script)
    git(path, "config", "core.pager", script)
    (path / ".git/info/attributes").write_text("*.x diff=x\n")

    read(path)

    assert not witness.exists()


def test_a_reader_that_stops_early_leaves_no_process(tmp_path):
    path = make(tmp_path / "r.git", [Draft(n) for n in range(1, 50)])
    commits = read_commits(path)

    first = next(commits)
    commits.close()

    assert (first.author.email, first.author) == ("ada@example.org", Signature(*split(ADA)))


def split(who):
    name, _, email = who.partition(" <")
    return name, email.rstrip(">")
