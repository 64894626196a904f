"""Figures kept in step by small changes equal figures made anew."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from community.jobs.models import Job
from community.jobs.topics import publish
from community.lib.refusals import Refused
from community.people.actions import flag_bot
from community.people.leaves import announce_leave, take_back_leave
from community.people.merging import merge_people, split_person
from community.people.models import Affiliation, Identity, OrganizationDomain
from contributors.activity.derive import derive_work_items
from contributors.activity.derived import rebuild
from contributors.activity.ingest import mark_deleted, record_completeness
from contributors.activity.models import WorkItem
from contributors.activity.records import Actor, CompletenessRecord, ContributionRecord
from contributors.metrics.actions import mark_stale, rebuild_figures, refresh_figures
from contributors.metrics.computing import compute
from contributors.metrics.models import Beginning, Figure, Reading, RecentFigure, Sheet
from contributors.metrics.periods import chosen_window
from contributors.metrics.places import COMMUNITY
from tests import factories
from tests.factories import ledger
from tests.trying import examples

AT = datetime(2026, 12, 31, tzinfo=UTC)
START = date(2026, 1, 20)
EXAMPLES = examples(10, in_the_build=30)
KINDS = ["commit", "review", "issue_comment"]

days = st.integers(0, 150).map(lambda offset: START + timedelta(days=offset))
people = st.integers(1, 4)
steps = st.one_of(
    st.tuples(st.just("act"), st.integers(0, 9), people, days, st.sampled_from(KINDS)),
    st.tuples(st.just("item"), st.integers(1, 4), people, days, st.integers(-1, 60)),
    st.tuples(st.just("reply"), st.integers(1, 4), people, days),
    st.tuples(st.just("issue"), st.integers(5, 8), people, days, st.integers(-1, 120), people),
    st.tuples(st.just("remark"), st.integers(5, 8), people, days),
    st.tuples(st.just("code"), st.integers(0, 9), people, days, st.integers(0, 3)),
    st.tuples(st.just("delete"), st.integers(0, 9)),
    st.tuples(st.just("gone"), st.integers(1, 8)),
    st.tuples(st.just("merge"), people, people),
    st.tuples(st.just("split"), people),
    st.tuples(st.just("mail"), people, days),
    st.tuples(st.just("bot"), people, st.booleans()),
    st.tuples(st.just("employ"), people, days),
    st.tuples(st.just("leave"), people, days, st.integers(0, 120)),
    st.tuples(st.just("back"), people),
    st.tuples(st.just("complete"), days, st.integers(0, 3)),
)
histories = st.lists(st.lists(st.tuples(st.integers(0, 2), steps), max_size=6), max_size=5)


def snapshot() -> list[list]:
    """Every finished figure, and what they are made from, without row ids."""
    found = []
    for model in (Figure, RecentFigure, Sheet, Beginning):
        names = [field.name for field in model._meta.fields if field.name != "id"]
        found.append(sorted(map(repr, model.objects.values_list(*names))))
    return found


class World:
    """Three repositories of two projects to which things happen; one knows commits alone."""

    def __init__(self) -> None:
        one, other = factories.repository(), factories.repository()
        self.repositories = [one, other, factories.repository(other.project, provider="git")]
        self.version = 0
        employer = factories.organization()
        OrganizationDomain.objects.create(organization=employer, domain="acme.example")

    def do(self, repository, what: str, *facts) -> None:
        self.version += 1
        getattr(self, what)(repository, *facts)

    def act(self, repository, name, who, day, kind) -> None:
        later = ledger.noon(START + timedelta(days=self.version))
        ledger.fill(repository, ledger.act(f"a{name}", who, day, kind, updated_at=later))

    def item(self, repository, number, who, day, lasting) -> None:
        if repository.provider == "git":
            return
        closed = day + timedelta(days=lasting) if lasting >= 0 else None
        updated = START + timedelta(days=240 + self.version)
        more = {"closed": closed, "updated": updated, "kind": "change_request"}
        ledger.fill(
            repository, ledger.work(number, who, day, merged=bool(closed and lasting % 2), **more)
        )

    def reply(self, repository, number, who, day) -> None:
        name = f"r{number}-{who}-{day}"
        ledger.fill(repository, ledger.act(name, who, day, "review", work_item=number))

    def issue(self, repository, number, who, day, lasting, closer) -> None:
        """A defect, closed by anybody."""
        if repository.provider == "git":
            return
        closed = day + timedelta(days=lasting) if lasting >= 0 else None
        updated = START + timedelta(days=240 + self.version)
        record = ledger.work(number, who, day, closed=closed, updated=updated)
        by = ledger.actor(closer) if closed else None
        ledger.fill(repository, record._replace(closed_by=by, labels=["bug"]))

    def remark(self, repository, number, who, day) -> None:
        name = f"m{number}-{who}-{day}"
        ledger.fill(repository, ledger.act(name, who, day, "issue_comment", work_item=number))

    def code(self, repository, name, who, day, lines) -> None:
        later = ledger.noon(START + timedelta(days=self.version))
        more = {"updated_at": later, "lines_added": lines, "lines_removed": 1 if lines else 0}
        ledger.fill(repository, ledger.act(f"a{name}", who, day, "commit", **more))

    def delete(self, repository, name) -> None:
        for kind in KINDS:
            mark_deleted(repository=repository, kind=kind, external_ids=[f"a{name}"], at=AT)

    def gone(self, repository, number) -> None:
        for kind in ("change_request", "issue"):
            mark_deleted(repository=repository, kind=kind, external_ids=[f"item-{number}"], at=AT)

    def identity(self, number) -> Identity | None:
        return Identity.objects.filter(provider="github", uid=str(number)).first()

    def merge(self, _, one, other) -> None:
        kept, moved = self.identity(one), self.identity(other)
        if kept and moved and kept.person_id != moved.person_id:
            pair = [kept.person_id, moved.person_id]
            Identity.objects.filter(person=moved.person_id).update(person=kept.person_id)
            publish("people.merged", person_ids=pair)

    def split(self, _, who) -> None:
        if found := self.identity(who):
            pair = [found.person_id, factories.person().pk]
            Identity.objects.filter(pk=found.pk).update(person=pair[1])
            publish("people.split", person_ids=pair)

    def mail(self, repository, who, day) -> None:
        """A commit under an address at the employer's, by somebody known by an account as well."""
        uid = f"{who}@acme.example"
        sender = Actor("git", uid, name=f"P{who}", email_hash=uid, email_domain="acme.example")
        when = ledger.noon(day)
        ledger.fill(
            repository,
            ContributionRecord("git", "commit", f"{uid}{day}", sender, when, updated_at=when),
        )
        account = self.identity(who)
        mine = Identity.objects.get(provider="git", uid=uid)
        if account and account.person_id != mine.person_id:
            merge_people(kept=account.person, absorbed=mine.person, by=None, at=AT)

    def bot(self, _, who, verdict) -> None:
        if found := self.identity(who):
            found.person.is_bot = verdict
            found.person.save()
            publish("people.bot_changed", person_id=found.person_id)

    def employ(self, _, who, day) -> None:
        if found := self.identity(who):
            employer = factories.organization() if day.day % 2 else None
            Affiliation.objects.create(person=found.person, organization=employer, starts_on=day)
            publish("people.affiliation_changed", person_id=found.person_id)

    def leave(self, _, who, day, lasting) -> None:
        """Announced absence, without an end where it lasts no day."""
        if found := self.identity(who):
            end = day + timedelta(days=lasting) if lasting else None
            try:
                announce_leave(person=found.person, starts_on=day, ends_on=end, by=None, at=AT)
            except Refused:
                return

    def back(self, _, who) -> None:
        found = self.identity(who)
        leave = found and found.person.leaves.first()
        if found and leave:
            take_back_leave(leave=leave, by=found.person, at=AT)

    def complete(self, repository, day, received) -> None:
        record = CompletenessRecord(day, 3, received)
        record_completeness(repository=repository, records=[record], at=AT)


@pytest.mark.timeout(300)
class KeepingInStep(TestCase):
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        derandomize=True,
    )
    @given(histories)
    def test_figures_kept_in_step_equal_figures_made_anew(self, history):
        world = World()

        for batch in history:
            for place, step in batch:
                world.do(world.repositories[place], *step)
            ledger.settle_figures()
        kept = snapshot()
        rebuild(world.repositories, lambda _: None)

        assert kept == snapshot()


@pytest.mark.django_db
def test_a_month_without_the_marking_would_stay_as_it_was():
    repository = factories.repository()
    ledger.fill(repository, ledger.act("one", 1, START))
    ledger.settle_figures()
    ledger.fill(repository, ledger.act("two", 1, START))
    Job.objects.all().delete()  # the change is told to nobody

    ledger.settle_figures()
    kept = snapshot()
    rebuild_figures(at=AT)

    assert kept != snapshot()


@pytest.mark.django_db
@pytest.mark.parametrize("topic", ["people.merged", "people.split", "people.bot_changed"])
def test_figures_follow_who_answered_even_if_that_is_worked_out_after_them(topic):
    """Two answers to one issue, the first of which is found not to be one."""
    repository = factories.repository()
    ledger.fill(
        repository,
        ledger.work(1, 1, START),
        ledger.act("early", 2, START + timedelta(days=1), "issue_comment", work_item=1),
        ledger.act("late", 3, START + timedelta(days=4), "issue_comment", work_item=1),
    )
    author, second = Identity.objects.get(uid="1"), Identity.objects.get(uid="2")
    if topic == "people.split":
        Identity.objects.filter(pk=second.pk).update(person=author.person)
        derive_work_items(WorkItem.objects.values_list("pk", flat=True))
    ledger.settle_figures()
    before = response_days()

    if topic == "people.merged":
        merge_people(kept=author.person, absorbed=second.person, by=None, at=AT)
    elif topic == "people.split":
        second.refresh_from_db()
        split_person(person=author.person, identities=[second], by=second.person, at=AT)
    else:
        flag_bot(person=second.person, by=None, at=AT)
    ledger.settle_figures()

    assert (before, response_days()) == ((4, 1) if topic == "people.split" else (1, 4))


def response_days() -> float:
    figure = Figure.objects.get(
        scope="repository", metric="issue_response_time", month=START.replace(day=1)
    )
    return figure.value / 86_400


@pytest.mark.django_db
def test_months_in_which_nothing_happened_are_filled_when_another_repository_goes_on():
    one, other = factories.repository(), factories.repository()
    ledger.fill(one, ledger.act("one", 1, date(2026, 1, 20)))
    ledger.settle_figures()
    ledger.fill(other, ledger.act("two", 2, date(2026, 6, 20)))

    ledger.settle_figures()
    counts = Figure.objects.filter(scope="community", metric="contributions").order_by("month")

    assert list(counts.values_list("value", flat=True)) == [1, 0, 0, 0, 0, 1]


@pytest.mark.django_db
def test_rebuilding_twice_gives_the_same_figures():
    ledger.quarter(factories.repository())

    rebuild_figures(at=AT)
    first = snapshot()
    rebuild_figures(at=AT)

    assert first == snapshot()
    assert len(first[0]) > 0


@pytest.mark.django_db
def test_no_figure_stands_before_tracking_began():
    ledger.quarter(factories.repository())

    rebuild_figures(at=AT)

    assert Figure.objects.order_by("month").values_list("month", flat=True)[0] == date(2026, 1, 1)


@pytest.mark.django_db
def test_the_days_before_tracking_began_give_nothing_to_compare_with():
    ledger.quarter(factories.repository())

    rebuild_figures(at=AT)
    rows = RecentFigure.objects.filter(scope="community", metric="contributions")

    assert {row.days: row.before is None for row in rows} == {30: False, 90: True, 365: True}


@pytest.mark.django_db
def test_changes_of_one_slot_are_worked_off_by_one_job():
    one, other = factories.repository(), factories.repository()

    for repository in (one, other, one):
        mark_stale(repository_ids=[repository.pk], days=[START], at=AT)

    assert Job.objects.filter(task="metrics.refresh").count() == 1
    assert Reading.objects.filter(stale_months=["2026-01-01"]).count() == 2


@pytest.mark.django_db
def test_the_months_of_all_changes_are_kept_whatever_the_order():
    repository = factories.repository()

    for day in (date(2026, 3, 5), date(2026, 2, 1), date(2026, 4, 1)):
        mark_stale(repository_ids=[repository.pk], days=[day], at=AT)

    assert Reading.objects.get().stale_months == ["2026-02-01", "2026-03-01", "2026-04-01"]


@pytest.mark.django_db
def test_with_nothing_stale_a_refresh_touches_nothing(django_assert_num_queries):
    rebuild_figures(at=AT)

    with django_assert_num_queries(3):
        refreshed = refresh_figures(at=AT)

    assert refreshed == 0


@pytest.mark.django_db
def test_completeness_of_a_month_is_received_of_expected():
    repository = factories.repository()
    ledger.fill(repository, ledger.act("one", 1, START))
    records = [CompletenessRecord(START, 4, 4), CompletenessRecord(date(2026, 1, 21), 4, 2)]
    record_completeness(repository=repository, records=records, at=AT)

    ledger.settle_figures()

    figure = Figure.objects.get(scope="community", metric="contributions")
    assert figure.completeness == 0.75


def kept_and_anew() -> tuple[list[list], list[list]]:
    """The figures kept in step, and the same made anew."""
    ledger.settle_figures()
    kept = snapshot()
    rebuild_figures(at=AT)
    return kept, snapshot()


def values(metric: str) -> dict[date, float | None]:
    rows = Figure.objects.filter(scope="repository", metric=metric)
    return dict(rows.values_list("month", "value"))


@pytest.mark.django_db
def test_an_act_that_arrives_late_calls_back_who_had_gone_quiet_months_before():
    repository = factories.repository()
    ledger.fill(repository, ledger.act("one", 1, date(2026, 1, 2)))
    ledger.fill(repository, ledger.act("two", 2, date(2026, 7, 20)))
    ledger.settle_figures()
    before = values("inactive_contributors")[date(2026, 1, 1)]

    ledger.fill(repository, ledger.act("late", 1, date(2026, 4, 30)))
    kept, anew = kept_and_anew()

    assert (before, values("inactive_contributors")[date(2026, 1, 1)]) == (1, 0)
    assert kept == anew


@pytest.mark.django_db
def test_figures_follow_who_closed_an_issue_though_they_did_nothing_else():
    repository = factories.repository()
    for number, closer in ((1, 5), (2, 6)):
        record = ledger.work(number, 1, START, closed=date(2026, number + 1, 20))
        ledger.fill(repository, record._replace(closed_by=ledger.actor(closer)))
    ledger.settle_figures()
    before = values("new_contributors_closing_issues")
    kept_person, absorbed = (Identity.objects.get(uid=uid).person for uid in ("5", "6"))

    merge_people(kept=kept_person, absorbed=absorbed, by=None, at=AT)
    kept, anew = kept_and_anew()

    months = (date(2026, 2, 1), date(2026, 3, 1))
    after = values("new_contributors_closing_issues")
    assert [(before[month], after[month]) for month in months] == [(1, 1), (1, 0)]
    assert kept == anew


@pytest.mark.django_db
def test_a_figure_of_now_equals_that_made_anew_though_its_rows_lie_years_back():
    repository = factories.repository()
    ledger.fill(
        repository,
        ledger.work(1, 1, date(2023, 1, 5)),
        ledger.act("first", 1, date(2023, 1, 5), "change_request"),
        ledger.act("then", 2, date(2026, 3, 1)),
    )
    ledger.settle_figures()

    ledger.fill(repository, ledger.act("again", 1, date(2026, 4, 2), "change_request"))
    kept, anew = kept_and_anew()

    april = date(2026, 4, 1)
    assert kept == anew
    assert values("occasional_contributors")[april] == 1
    assert values("issue_age")[april] > 1180 * 86_400


@pytest.mark.django_db
def test_figures_follow_when_who_closed_an_issue_is_found_to_be_a_bot():
    repository = factories.repository()
    record = ledger.work(1, 1, START, closed=date(2026, 2, 20))
    ledger.fill(repository, record._replace(closed_by=ledger.actor(5)))
    ledger.settle_figures()
    before = values("new_contributors_closing_issues")[date(2026, 2, 1)]

    flag_bot(person=Identity.objects.get(uid="5").person, by=None, at=AT)
    kept, anew = kept_and_anew()

    assert (before, values("new_contributors_closing_issues")[date(2026, 2, 1)]) == (1, 0)
    assert kept == anew


@pytest.mark.django_db
def test_completeness_that_changes_alone_is_told_beside_every_figure_of_its_month():
    repository = factories.repository()
    ledger.fill(repository, ledger.act("one", 1, START), ledger.act("two", 1, date(2026, 2, 3)))
    ledger.settle_figures()

    record = CompletenessRecord(START, 4, 1)
    record_completeness(repository=repository, records=[record], at=AT)
    kept, anew = kept_and_anew()

    january = Figure.objects.filter(month=START.replace(day=1)).exclude(
        scope__in=["person", "organization"]
    )
    assert set(january.values_list("completeness", flat=True)) == {0.25}
    assert kept == anew


@pytest.mark.django_db
def test_who_joins_in_too_late_to_count_changes_nothing_where_they_entered():
    repository = factories.repository()
    merged = ledger.work(1, 1, START, closed=START, kind="change_request", merged=True)
    ledger.fill(repository, merged)
    ledger.settle_figures()

    late = START + timedelta(days=120)
    ledger.fill(repository, ledger.act("joined", 1, late, "issue_comment"))
    kept, anew = kept_and_anew()

    assert values("conversion_rate")[START.replace(day=1)] == 1
    assert kept == anew


@pytest.mark.django_db
def test_sheets_from_before_there_were_sums_are_summed_up():
    ledger.quarter(factories.repository())
    rebuild_figures(at=AT)
    made = snapshot()
    Sheet.objects.update(total=0, received=0, expected=0)

    import_module("contributors.metrics.migrations.0004_sheet_sums").sum_up(apps, None)

    assert sum(Sheet.objects.values_list("total", flat=True)) > 0
    assert made == snapshot()


@pytest.mark.django_db
def test_sheets_from_before_people_were_noted_tell_who_was_there():
    repository = factories.repository()
    ledger.quarter(repository)
    people = Identity.objects.order_by("pk")
    for employer in (factories.organization(), factories.organization()):
        Affiliation.objects.create(
            person=people[0].person, organization=employer, starts_on=date(2025, 1, 1)
        )
    rebuild_figures(at=AT)
    made = snapshot()
    Sheet.objects.update(people="[[],[],[]]")

    import_module("contributors.metrics.migrations.0005_sheet_people").note_people(apps, None)

    assert Sheet.objects.exclude(people="[[],[],[]]").exists()
    assert made == snapshot()


@pytest.fixture
def quiet_person():
    """Somebody whose last act is of January, while others go on."""
    repository = factories.repository()
    ledger.fill(repository, ledger.act("one", 1, date(2026, 1, 2)))
    ledger.fill(repository, ledger.act("two", 2, date(2026, 7, 20)))
    ledger.settle_figures()
    return Identity.objects.get(uid="1").person


def january() -> tuple[float | None, int]:
    """Who is inactive, and who would be without leave."""
    rows = Figure.objects.filter(metric="inactive_contributors", month=date(2026, 1, 1))
    found = {(row.value, row.details["on_leave"]) for row in rows}
    return found.pop() if len(found) == 1 else (None, -1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("starts_on", "ends_on", "told"),
    [
        (date(2026, 1, 3), date(2026, 2, 3), (0, 1)),
        (date(2026, 4, 1), None, (0, 1)),
        (date(2026, 4, 2), date(2026, 5, 2), (1, 0)),  # the ninety days were over
        (date(2025, 12, 1), date(2026, 1, 2), (1, 0)),  # back on the day of the last act
        (date(2025, 12, 1), date(2026, 1, 3), (0, 1)),
    ],
)
def test_who_announced_leave_for_the_silence_is_not_inactive(
    starts_on, ends_on, told, quiet_person
):
    assert january() == (1, 0)

    announce_leave(person=quiet_person, starts_on=starts_on, ends_on=ends_on, by=None, at=AT)
    kept, anew = kept_and_anew()

    assert january() == told
    assert kept == anew


@pytest.mark.django_db
def test_leave_that_is_taken_back_counts_no_longer(quiet_person):
    days = {"starts_on": date(2026, 1, 10), "ends_on": date(2026, 3, 1)}
    leave = announce_leave(person=quiet_person, **days, by=None, at=AT)
    ledger.settle_figures()
    on_leave = january()

    take_back_leave(leave=leave, by=quiet_person, at=AT)
    kept, anew = kept_and_anew()

    assert (on_leave, january()) == ((0, 1), (1, 0))
    assert kept == anew


@pytest.mark.django_db
def test_leave_of_a_person_who_is_merged_counts_for_the_one_who_stays(quiet_person):
    other = factories.person()
    days = {"starts_on": date(2026, 1, 10), "ends_on": date(2026, 3, 1)}
    announce_leave(person=other, **days, by=None, at=AT)
    ledger.settle_figures()
    before = january()

    merge_people(kept=quiet_person, absorbed=other, by=None, at=AT)
    kept, anew = kept_and_anew()

    assert (before, january()) == ((1, 0), (0, 1))
    assert kept == anew


@pytest.mark.django_db
def test_figures_computed_when_asked_for_mind_leave_too(quiet_person):
    announce_leave(person=quiet_person, starts_on=date(2026, 1, 10), ends_on=None, by=None, at=AT)

    quarter = compute(COMMUNITY, chosen_window(date(2026, 1, 1), date(2026, 4, 1)))

    found = quarter["inactive_contributors"]
    assert (found.value, found.details["on_leave"]) == (0, 1)
