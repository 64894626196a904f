"""A git repository in the ledger: every commit once, however often and in what pieces read."""

from datetime import date

import pytest
from django.core.management import call_command
from django.utils import timezone

from community.lib.refusals import Refused
from community.people.hashing import email_hash
from community.people.models import Identity, Person
from contributors.activity.models import Completeness, Contribution
from integrations.connections import gitpages
from integrations.connections.actions import connect
from integrations.connections.figures import completeness
from integrations.connections.gitlog import Signature
from integrations.connections.gitpages import actor_of
from integrations.connections.models import Source, SyncRun
from integrations.connections.protocol import connector
from integrations.connections.sync import sync_source
from tests.factories.activity import canonical
from tests.factories.gitrepo import ADA, BOB, NOON, Draft, git, make, write

pytestmark = pytest.mark.django_db
DAY = 86_400


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(gitpages, "PAGE", 29)


def connected(path, **options) -> Source:
    source = connect(connector="git", location=str(path), project="door", at=timezone.now())
    source.options = options
    source.save()
    return source


def read(source, **more) -> SyncRun:
    run = sync_source(source=Source.objects.get(pk=source.pk), **more)
    assert (run.state, str(run.error)) == ("done", "")
    return run


def acts(kind):
    rows = Contribution.objects.present().filter(kind=kind).order_by("occurred_at", "pk")
    return list(rows.values_list("title", "identity__name"))


def long_history() -> list[Draft]:
    """Three hundred commits with everything that happens to commits."""
    drafts = [Draft(1, files={".mailmap": b"Robert <bob@example.org> <old@example.org>\n"})]
    for n in range(2, 281):
        who = (ADA, BOB, "B <old@example.org>", "张伟 <42+zhang@users.noreply.github.com>")[n % 4]
        drafts.append(
            Draft(
                n,
                author=who,
                committer=BOB if n % 10 == 0 else "",
                date=f"{NOON + n * DAY // 3} {('+0800', '-0330', '+0000')[n % 3]}",
                message=f"Work {n}" + ("\n\nCo-authored-by: Cy <cy@example.org>" * (n % 9 == 0)),
                files={f"f{n % 20}.txt": b"line\n" * n},
            )
        )
    drafts += [
        Draft(n, branch=f"side-{n}", parents=[280], files={f"s{n}": b"s\n"})
        for n in range(281, 299)
    ]
    drafts.append(Draft(299, message="Octopus", parents=[280, *range(281, 299)]))
    drafts.append(Draft(300, message="Empty"))
    return drafts


@pytest.fixture(scope="module")
def long_repository(tmp_path_factory):
    return make(tmp_path_factory.mktemp("git") / "long.git", long_history())


def test_every_commit_comes_once_and_the_second_time_adds_nothing(long_repository):
    source = connected(long_repository)

    first = read(source)
    before = canonical()
    second = read(source)

    count = int(git(long_repository, "rev-list", "--count", "HEAD"))
    assert (count, first.counts["commits"], second.counts) == (300, 300, {})
    assert Contribution.objects.filter(kind="commit").count() == 300
    assert canonical() == before


def test_a_full_reading_changes_nothing_either(long_repository):
    source = connected(long_repository)
    read(source)
    before = list(Contribution.objects.order_by("pk").values())

    read(source, full=True)

    assert list(Contribution.objects.order_by("pk").values()) == before


def test_a_reading_cut_after_any_page_goes_on_where_it_was(long_repository, small_pages):
    whole = connected(long_repository)
    read(whole)
    wanted = canonical()
    Contribution.objects.all().delete()
    Source.objects.update(cursor={})

    for _ in range(60):
        source = Source.objects.get(pk=whole.pk)
        cut = connector("git").pages(source, keys=(), full=False)
        page = next(cut, None)
        cut.close()
        if page is None:
            break
        take(source, page)

    assert canonical() == wanted


def take(source, page):
    from contributors.activity.ingest import ingest

    ingest(repository=source.repository, batch=page.batch, at=timezone.now())
    source.cursor = dict(page.cursor)
    source.save()


def test_people_behind_a_commit_are_credited_once_each(tmp_path):
    trailer = "Co-authored-by: {}\nCo-authored-by: {}\nCo-authored-by: {}\nSigned-off-by: {}"
    draft = Draft(
        1,
        committer=BOB,
        message="Pair\n\n" + trailer.format(ADA, "Cy <cy@x.org>", "C <CY@x.org>", ADA),
    )

    read(connected(make(tmp_path / "r.git", [draft])))

    found = Contribution.objects.order_by("kind").values_list("kind", "identity__name")
    assert list(found) == [
        ("co_authored", "Cy"),
        ("commit", "Ada Lovelace"),
        ("committed", "Bob"),
        ("signed_off", "Ada Lovelace"),
    ]


def test_no_address_is_kept_but_its_hash_and_domain(tmp_path):
    read(connected(make(tmp_path / "r.git", [Draft(1)])))

    identity = Identity.objects.get()
    assert (identity.provider, identity.uid) == ("git", email_hash("ada@example.org"))
    assert (identity.email_hash, identity.email_domain) == (identity.uid, "example.org")
    assert "ada@example.org" not in repr([Person.objects.values(), Identity.objects.values()])


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (Signature("Ada", "12345+ada@users.noreply.github.com"), ("github", "12345", "ada")),
        (Signature("Ada", "ada@users.noreply.github.com"), ("git", None, "")),
        (Signature("Ada", "x12345+ada@users.noreply.github.com"), ("git", None, "")),
        (Signature("Ada", "1+a@users.noreply.github.com.evil.org"), ("git", None, "")),
    ],
)
def test_an_address_made_by_github_names_the_account_by_its_number(who, expected):
    actor = actor_of(who)

    uid = expected[1] or email_hash(who.email)
    assert (actor.provider, actor.uid, actor.login) == (expected[0], uid, expected[2])


def test_a_signature_without_name_and_address_names_nobody():
    assert actor_of(Signature("", "")) is None


def test_people_without_addresses_are_told_apart_by_name():
    assert actor_of(Signature("Ada", "")).uid != actor_of(Signature("Bob", "")).uid


def test_merges_can_be_left_out(tmp_path):
    drafts = [Draft(1), Draft(2, parents=[1], branch="b"), Draft(3, parents=[1, 2], message="M")]
    path = make(tmp_path / "r.git", drafts)

    run = read(connected(path, merges="exclude"))

    count = int(git(path, "rev-list", "--count", "--no-merges", "HEAD"))
    assert (count, run.counts["commits"]) == (2, 2)
    assert "M" not in [title for title, _ in acts("commit")]


@pytest.mark.parametrize(("refs", "count"), [("head", 1), ("all", 2)])
def test_other_branches_are_read_on_request(tmp_path, refs, count):
    path = make(tmp_path / "r.git", [Draft(1), Draft(2, parents=[1], branch="next")])

    assert read(connected(path, refs=refs)).counts["commits"] == count


def test_the_command_line_says_what_is_read(tmp_path):
    drafts = [Draft(1), Draft(2, parents=[1], branch="b"), Draft(3, parents=[1, 2], message="M")]
    path = make(tmp_path / "r.git", drafts)

    call_command("connect", "git", str(path), project="door", merges="exclude", refs="all")

    assert Source.objects.get().options == {"merges": "exclude", "refs": "all"}
    assert Contribution.objects.filter(kind="commit").count() == 2


def test_an_empty_repository_is_fine_and_fills_later(tmp_path):
    path = make(tmp_path / "r.git", [])
    source = connected(path)
    before = read(source).counts

    write(path, [Draft(1)])
    after = read(source).counts

    assert (before, after["commits"]) == ({}, 1)


def test_where_head_names_no_branch_that_is_there_every_branch_is_read(tmp_path):
    path = make(tmp_path / "r.git", [Draft(1), Draft(2)])
    git(path, "symbolic-ref", "HEAD", "refs/heads/gone")

    run = read(connected(path))

    assert (run.counts, completeness(run.source.repository)) == ({"commits": 2}, 1.0)


def test_the_inside_of_a_working_copy_goes_by_the_name_of_its_folder(tmp_path):
    path = make(tmp_path / "work", [Draft(1)], bare=False)

    found = connector("git").describe(str(path / ".git"), keys=())

    assert found.name == "work"


def test_only_new_commits_are_read_the_next_time(tmp_path):
    path = make(tmp_path / "r.git", [Draft(1), Draft(2)])
    source = connected(path)
    read(source)

    write(path, [Draft(3, message="New", parents=["refs/heads/main^0"])])
    run = read(source)

    assert run.counts["commits"] == 1
    assert Contribution.objects.count() == 3


def test_commits_that_a_force_push_removed_are_marked_and_come_back_when_pushed_again(tmp_path):
    path = make(tmp_path / "r.git", [Draft(1, message="Base"), Draft(2, message="Lost")])
    source = connected(path)
    read(source)
    lost = git(path, "rev-parse", "main")
    write(path, [Draft(3, message="Instead", parents=[f"{lost}~1"])])

    read(source)
    forced = [title for title, _ in acts("commit")]
    git(path, "update-ref", "refs/heads/main", lost)
    read(source)

    assert forced == ["Base", "Instead"]
    assert [title for title, _ in acts("commit")] == ["Base", "Lost"]


def test_a_force_push_is_noticed_when_the_old_commits_are_gone_for_good(tmp_path):
    path = make(tmp_path / "r.git", [Draft(1, message="Base"), Draft(2, message="Lost")])
    source = connected(path)
    read(source)
    write(path, [Draft(3, message="Anew")])
    git(path, "update-ref", "refs/heads/main", git(path, "rev-parse", "main"))
    git(path, "reflog", "expire", "--expire=now", "--all")
    git(path, "gc", "--quiet", "--prune=now")

    read(source)

    assert [title for title, _ in acts("commit")] == ["Anew"]


def test_another_mailmap_moves_credit_and_takes_back_what_was_doubled(tmp_path):
    message = "Pair\n\nCo-authored-by: Old Ada <old@example.org>"
    path = make(tmp_path / "r.git", [Draft(1, message=message)])
    source = connected(path)
    read(source)
    before = acts("co_authored")

    mailmap = {".mailmap": b"Ada Lovelace <ada@example.org> <old@example.org>\n"}
    write(path, [Draft(2, files=mailmap, parents=["refs/heads/main^0"])])
    read(source)

    assert (before, acts("co_authored")) == ([("Pair", "Old Ada")], [])


def test_completeness_tells_the_days_whose_commits_are_missing(tmp_path):
    path = make(tmp_path / "r.git", [Draft(n, date=f"{NOON + n * DAY} +0000") for n in (1, 2)])
    source = connected(path)
    read(source)
    before = list(Completeness.objects.values_list("expected", "received"))
    Contribution.objects.order_by("occurred_at").last().delete()
    from contributors.activity.rollups import recount_days

    recount_days(source.repository_id, [date(2025, 10, 11)])
    Source.objects.update(weighed_at=None)
    read(source)

    rows = Completeness.objects.order_by("day").values_list("expected", "received", "reason")
    assert before == [(1, 1), (1, 1)]
    assert [(*counts, str(reason)) for *counts, reason in rows] == [
        (1, 1, ""),
        (1, 0, "Commits that were not read yet"),
    ]


def test_a_repository_describes_itself(tmp_path):
    path = make(tmp_path / "door.git", [Draft(1)])
    (path / "description").write_text("The door of the guild\n")

    found = connector("git").describe(str(path), keys=())

    assert (found.name, found.default_branch, found.location) == ("door", "main", str(path))
    assert found.description == "The door of the guild"


def test_a_place_without_a_repository_is_refused_in_words(tmp_path):
    with pytest.raises(Refused) as refused:
        connector("git").describe(str(tmp_path), keys=())

    assert refused.value.code == "not_a_repository"
