"""Figures of a real history equal what SQL written by hand, and git itself, say."""

from pathlib import Path

import pytest
from django.utils import timezone

from contributors.metrics.actions import rebuild_figures
from contributors.metrics.formats import count
from contributors.metrics.models import Figure
from integrations.connections.actions import connect
from integrations.connections.sync import sync_source
from tests.factories.gitrepo import git
from tests.integrations.test_by_hand import OF_COMMITS, said, shown

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[3]


@pytest.fixture
def history():
    """The history of this very project."""
    if not (ROOT / ".git").exists() or git(ROOT, "rev-parse", "--is-shallow-repository") == "true":
        pytest.skip("not a clone with its whole history")
    source = connect(connector="git", location=str(ROOT), project="door", at=timezone.now())
    sync_source(source=source)
    rebuild_figures(at=timezone.now())
    return source


def test_a_real_history_counts_what_sql_and_git_count(client, history):
    months = Figure.objects.filter(scope="project", metric="code_changes_commits")
    month = months.exclude(value=None).order_by("-value").values_list("month", flat=True)[0]
    figures = Figure.objects.filter(scope="project", month=month, metric__in=OF_COMMITS)
    values = dict(figures.values_list("metric", "value"))

    assert values == {key: said(sql, month) for key, sql in OF_COMMITS.items()}
    page = shown(client, "/projects/door/activity/", month)
    on_page = set(page) & set(values)
    assert {key: page[key] for key in on_page} == {key: count(values[key]) for key in on_page}
    assert len(on_page) >= 4
    commits = sum(value or 0 for value in months.values_list("value", flat=True))
    assert commits == int(git(ROOT, "rev-list", "--count", "HEAD"))
