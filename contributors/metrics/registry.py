"""Which metrics there are: name, words, unit, direction, and the function behind each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext_lazy as _

from contributors.metrics.definitions import (
    backlog,
    code,
    crowd,
    durations,
    flow,
    reviews,
    rhythm,
    staying,
)
from contributors.metrics.definitions.reach import and_after, and_before, itself
from contributors.metrics.definitions.rows import Period, Result

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# By month; the last line reaches back to the first act.
Rows = Literal[
    "acts",
    "presence",
    "commits",
    "moments",
    "touches",
    "items",
    "standing",
    "firsts",
    "closes",
    "entries",
    "requests",
    "totals",
    "returns",
]
Direction = Literal["more", "less", "neutral"]
CHAOSS = "https://chaoss.community/kb/metric-"
LFX = "https://insights.linuxfoundation.org/docs/metrics/contributors"


def joining_alone(entries: Any, period: Period) -> Result:
    """The conversion rate from level 1 on: nobody reads stars, watches and forks yet."""
    return staying.conversion_rate(entries, period, with_visits=False)


joining_alone.unit = staying.conversion_rate.unit  # type: ignore[attr-defined]
joining_alone.version = staying.conversion_rate.version  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric; `rows` names what its function is given, `reach` of which days,
    and `direction` what is good. What happens so many days after a period as
    `follows` says may still change its figure."""

    key: str
    name: str  # CHAOSS's own
    label: "_StrPromise"
    description: "_StrPromise"
    rows: Rows
    direction: Direction
    compute: Callable[..., Result]  # of rows and a period
    source: str = ""  # where it is defined, unless CHAOSS does under the key
    reach: Callable[[Period], tuple[date, date]] = itself
    follows: int = 0
    minds_leave: bool = False  # is told who announced to be away, and when

    @property
    def citation(self) -> str:
        return self.source or f"{CHAOSS}{self.key.replace('_', '-')}/"

    @property
    def unit(self) -> str:
        return str(self.compute.unit)  # type: ignore[attr-defined]

    @property
    def version(self) -> int:
        return int(self.compute.version)  # type: ignore[attr-defined]


METRICS: dict[str, Metric] = {
    metric.key: metric
    for metric in (
        Metric(
            "contributions",
            "Types of Contributions",
            _("Contributions"),
            _("Counted acts by people, each weighing one, bots left out."),
            "acts",
            "more",
            crowd.contributions,
            CHAOSS + "types-of-contributions/",
        ),
        Metric(
            "contributors",
            "Contributors",
            _("Contributors"),
            _("Distinct people with any counted act, bots left out."),
            "acts",
            "more",
            crowd.contributors,
        ),
        Metric(
            "new_contributors",
            "New Contributors",
            _("New contributors"),
            _("People whose first act ever seen lies in the period."),
            "firsts",
            "more",
            crowd.new_contributors,
        ),
        Metric(
            "issues_new",
            "Issues New",
            _("Issues opened"),
            _("Issues that people opened in the period."),
            "items",
            "neutral",
            flow.issues_new,
        ),
        Metric(
            "issues_closed",
            "Issues Closed",
            _("Issues closed"),
            _("Issues whose last close lies in the period."),
            "standing",
            "more",
            flow.issues_closed,
        ),
        Metric(
            "issue_response_time",
            "Issue Response Time",
            _("Issue response time"),
            _("Until half of the issues opened had an answer by somebody else."),
            "items",
            "less",
            durations.issue_response_time,
            follows=durations.FOLLOW_UP.days,
        ),
        Metric(
            "time_to_first_response",
            "Time to First Response",
            _("Time to first response"),
            _("Until half of the issues and change requests opened had an answer."),
            "items",
            "less",
            durations.time_to_first_response,
            follows=durations.FOLLOW_UP.days,
        ),
        Metric(
            "change_requests",
            "Change Requests",
            _("Change requests opened"),
            _("Change requests that people opened in the period, drafts included."),
            "items",
            "more",
            flow.change_requests,
        ),
        Metric(
            "change_requests_accepted",
            "Change Requests Accepted",
            _("Change requests merged"),
            _("Change requests merged in the period."),
            "items",
            "more",
            flow.change_requests_accepted,
        ),
        Metric(
            "change_requests_declined",
            "Change Requests Declined",
            _("Change requests declined"),
            _("Change requests closed in the period without a merge."),
            "items",
            "neutral",
            flow.change_requests_declined,
        ),
        Metric(
            "acceptance_ratio",
            "Change Request Acceptance Ratio",
            _("Acceptance ratio"),
            _("Change requests merged for each one declined."),
            "items",
            "neutral",
            flow.acceptance_ratio,
            CHAOSS + "change-request-acceptance-ratio/",
        ),
        Metric(
            "change_request_duration",
            "Change Request Duration",
            _("Time to merge"),
            _("From opening to merge, for what was merged in the period: the median."),
            "items",
            "less",
            durations.change_request_duration,
            CHAOSS + "change-requests-duration/",
        ),
        Metric(
            "contributor_absence_factor",
            "Contributor Absence Factor",
            _("Contributor absence factor"),
            _("The fewest people who together did more than half of everything."),
            "acts",
            "more",
            crowd.contributor_absence_factor,
        ),
        Metric(
            "elephant_factor",
            "Elephant Factor",
            _("Elephant factor"),
            _("The fewest organizations that did more than half of what organizations did."),
            "acts",
            "more",
            crowd.elephant_factor,
        ),
        Metric(
            "bot_share",
            "Bot Activity",
            _("Done by bots"),
            _("Acts by bots, of all acts."),
            "acts",
            "neutral",
            crowd.bot_share,
            CHAOSS + "bot-activity/",
        ),
        Metric(
            "issues_active",
            "Issues Active",
            _("Active issues"),
            _("Issues that people opened, closed or commented on in the period."),
            "touches",
            "more",
            backlog.issues_active,
        ),
        Metric(
            "issue_age",
            "Issue Age",
            _("Age of open issues"),
            _("How old half of the issues are that are open at the end of the period."),
            "standing",
            "less",
            backlog.issue_age,
        ),
        Metric(
            "issue_resolution_duration",
            "Issue Resolution Duration",
            _("Time to resolve an issue"),
            _("From opening to the last close, for issues closed in the period: the median."),
            "standing",
            "less",
            backlog.issue_resolution_duration,
        ),
        Metric(
            "time_to_close",
            "Time to Close",
            _("Time to close"),
            _("From opening to close, for issues and change requests: the median."),
            "items",
            "less",
            backlog.time_to_close,
        ),
        Metric(
            "defect_resolution_duration",
            "Defect Resolution Duration",
            _("Time to resolve a defect"),
            _("From report to resolution, for issues labeled as defects: the median."),
            "standing",
            "less",
            backlog.defect_resolution_duration,
        ),
        Metric(
            "change_request_reviews",
            "Change Request Reviews",
            _("Change requests reviewed"),
            _("The share of the change requests opened that somebody else reviewed."),
            "items",
            "more",
            reviews.change_request_reviews,
            follows=durations.FOLLOW_UP.days,
        ),
        Metric(
            "code_changes_commits",
            "Code Changes Commits",
            _("Commits"),
            _("Commits that people wrote in the period, merges included."),
            "commits",
            "more",
            code.code_changes_commits,
        ),
        Metric(
            "code_changes_lines",
            "Code Changes Lines",
            _("Lines changed"),
            _("Lines added plus lines removed, vendored files left out."),
            "commits",
            "neutral",
            code.code_changes_lines,
        ),
        Metric(
            "committers",
            "Committers",
            _("Commit authors"),
            _("Distinct people who wrote a commit of the period."),
            "commits",
            "more",
            code.committers,
        ),
        Metric(
            "new_contributors_closing_issues",
            "New Contributors Closing Issues",
            _("New people closing issues"),
            _("People whose first close of an issue ever seen lies in the period."),
            "closes",
            "more",
            staying.new_contributors_closing_issues,
        ),
        Metric(
            "occasional_contributors",
            "Occasional Contributors",
            _("Occasional contributors"),
            _("People with a change request, none in three months before and few in all."),
            "requests",
            "neutral",
            staying.occasional_contributors,
        ),
        Metric(
            "inactive_contributors",
            "Inactive Contributors",
            _("People gone quiet"),
            _("People active in the period, then silent for 90 days without announced leave."),
            "presence",
            "less",
            staying.inactive_contributors,
            reach=and_after,
            follows=staying.QUIET_DAYS,
            minds_leave=True,
        ),
        Metric(
            "conversion_rate",
            "Conversion Rate",
            _("Newcomers who get something merged"),
            _("Of the people who joined in, the share with a merge within 90 days."),
            "entries",
            "more",
            joining_alone,
            follows=staying.TURNED_DAYS,
        ),
        Metric(
            "retention",
            "Contributor Retention",
            _("Retention"),
            _("Of the people active in the period before, the share still active."),
            "presence",
            "more",
            staying.retention,
            LFX,
            and_before,
        ),
        Metric(
            "organizational_diversity",
            "Organizational Diversity",
            _("Organizational diversity"),
            _("How many organizations of equal size would be as diverse."),
            "acts",
            "more",
            crowd.organizational_diversity,
        ),
        Metric(
            "activity_dates",
            "Activity Dates and Times",
            _("Acts by hour and weekday"),
            _("When people act, in UTC; nobody is shown alone."),
            "moments",
            "neutral",
            rhythm.activity_dates,
            CHAOSS + "activity-dates-and-times/",
        ),
        Metric(
            "burstiness",
            "Burstiness",
            _("Burstiness"),
            _("How far activity lies from its rolling mean, in standard deviations."),
            "totals",
            "neutral",
            rhythm.burstiness,
        ),
    )
}
