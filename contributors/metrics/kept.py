"""What is kept month by month: every metric, and what pages put together themselves."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from contributors.metrics.definitions import cohorts
from contributors.metrics.registry import LFX, METRICS, Metric

COHORTS = Metric(
    "cohorts",
    "Returning Contributors",
    _("Who comes back"),
    _("People active in the period whose first act ever seen lies before it."),
    "returns",
    "more",
    cohorts.returning,
    LFX,
)
KEPT: dict[str, Metric] = {**METRICS, COHORTS.key: COHORTS}
# What is kept of organizations: metrics that are made of acts alone.
ORGANIZATIONAL = (
    "contributions",
    "contributors",
    "code_changes_commits",
    "code_changes_lines",
    "committers",
    "retention",
    "contributor_absence_factor",
)


# What can be said of a label: acts carry none, issues and change requests do.
LABELED = tuple(key for key, one in METRICS.items() if one.rows in {"items", "standing"})


def kept_of(scope: str) -> Sequence[str]:
    """The metrics of which a scope has figures."""
    some = {"person": ("contributions",), "organization": ORGANIZATIONAL, "label": LABELED}
    return some.get(scope, tuple(METRICS))
