"""Which metrics there are: name, words, unit, direction, and the function behind each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext_lazy as _

from contributors.metrics.definitions import crowd, durations, flow
from contributors.metrics.definitions.rows import Period, Result

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Rows = Literal["acts", "firsts", "items"]
Direction = Literal["more", "less", "neutral"]
CHAOSS = "https://chaoss.community/kb/metric-"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric; `rows` names what its function is given, `direction` what is good."""

    key: str
    name: str  # CHAOSS's own
    label: "_StrPromise"
    description: "_StrPromise"
    rows: Rows
    direction: Direction
    compute: Callable[[Any, Period], Result]
    citation: str

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
            CHAOSS + "contributors/",
        ),
        Metric(
            "new_contributors",
            "New Contributors",
            _("New contributors"),
            _("People whose first act ever seen lies in the period."),
            "firsts",
            "more",
            crowd.new_contributors,
            CHAOSS + "new-contributors/",
        ),
        Metric(
            "issues_new",
            "Issues New",
            _("Issues opened"),
            _("Issues that people opened in the period."),
            "items",
            "neutral",
            flow.issues_new,
            CHAOSS + "issues-new/",
        ),
        Metric(
            "issues_closed",
            "Issues Closed",
            _("Issues closed"),
            _("Issues whose last close lies in the period."),
            "items",
            "more",
            flow.issues_closed,
            CHAOSS + "issues-closed/",
        ),
        Metric(
            "issue_response_time",
            "Issue Response Time",
            _("Issue response time"),
            _("Until half of the issues opened had an answer by somebody else."),
            "items",
            "less",
            durations.issue_response_time,
            CHAOSS + "issue-response-time/",
        ),
        Metric(
            "time_to_first_response",
            "Time to First Response",
            _("Time to first response"),
            _("Until half of the issues and change requests opened had an answer."),
            "items",
            "less",
            durations.time_to_first_response,
            CHAOSS + "time-to-first-response/",
        ),
        Metric(
            "change_requests",
            "Change Requests",
            _("Change requests opened"),
            _("Change requests that people opened in the period, drafts included."),
            "items",
            "more",
            flow.change_requests,
            CHAOSS + "change-requests/",
        ),
        Metric(
            "change_requests_accepted",
            "Change Requests Accepted",
            _("Change requests merged"),
            _("Change requests merged in the period."),
            "items",
            "more",
            flow.change_requests_accepted,
            CHAOSS + "change-requests-accepted/",
        ),
        Metric(
            "change_requests_declined",
            "Change Requests Declined",
            _("Change requests declined"),
            _("Change requests closed in the period without a merge."),
            "items",
            "neutral",
            flow.change_requests_declined,
            CHAOSS + "change-requests-declined/",
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
            CHAOSS + "contributor-absence-factor/",
        ),
        Metric(
            "elephant_factor",
            "Elephant Factor",
            _("Elephant factor"),
            _("The fewest organizations that did more than half of what organizations did."),
            "acts",
            "more",
            crowd.elephant_factor,
            CHAOSS + "elephant-factor/",
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
    )
}
