"""What there is to pick from on the page that explores the figures."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.people.models import Organization
from community.projects.models import Project, Repository
from contributors.activity.labels import labels_known
from contributors.metrics.models import Scope
from contributors.metrics.questions import (
    CHOSEN,
    GROUPINGS,
    USUAL,
    VERSUS,
    Question,
    groupings,
)
from contributors.metrics.registry import METRICS
from contributors.metrics.series import place_of
from contributors.metrics.steps import MONTH, STEPS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from community.people.models import Person

    Viewer = Person | AnonymousUser

MOST_LISTED = 100  # repositories or organizations; others have addresses all the same
MOST_LABELS = 40
YEARS = 10
# Metrics by what they are about; what stands in none comes last.
TOPICS: tuple[tuple["_StrPromise", str], ...] = (
    (
        gettext_lazy("Activity"),
        "contributions code_changes_commits code_changes_lines activity_dates burstiness bot_share",
    ),
    (
        gettext_lazy("People"),
        (
            "contributors new_contributors committers occasional_contributors inactive_contributors"
            " retention conversion_rate new_contributors_closing_issues"
        ),
    ),
    (
        gettext_lazy("Issues"),
        (
            "issues_new issues_active issues_closed issue_age issue_response_time"
            " issue_resolution_duration defect_resolution_duration"
        ),
    ),
    (
        gettext_lazy("Change requests"),
        (
            "change_requests change_requests_accepted change_requests_declined acceptance_ratio"
            " change_request_reviews change_request_duration time_to_first_response time_to_close"
        ),
    ),
    (
        gettext_lazy("Risk"),
        "contributor_absence_factor elephant_factor organizational_diversity",
    ),
)


def topics() -> list[dict[str, Any]]:
    """Every metric once, in groups."""
    groups = [(label, keys.split()) for label, keys in TOPICS]
    named = {key for _label, keys in groups for key in keys}
    groups.append((gettext_lazy("More"), [key for key in METRICS if key not in named]))
    found = (
        {"label": label, "metrics": [METRICS[key] for key in keys if key in METRICS]}
        for label, keys in groups
    )
    return [group for group in found if group["metrics"]]


def pickers(question: Question, viewer: "Viewer") -> dict[str, Any]:
    """The choices of the form, with what is chosen."""
    allowed = groupings(question.metric, question.place, question.step)
    return {
        "topics": topics(),
        "scopes": scopes(question, viewer),
        "steps": list(STEPS.values()),
        "periods": periods(question),
        "groups": [(key, label) for key, label in GROUPINGS.items() if key in allowed],
        "versus": list(VERSUS.items()),
        "from": question.step.code(question.window.start),
        "to": question.step.code(question.window.end),
        "is_monthly": question.step is MONTH,
        "example": question.step.code(question.starts[-1]),
    }


def scopes(question: Question, viewer: "Viewer") -> list[dict[str, Any]]:
    """The community, its projects, repositories of the project at hand, employers, oneself."""
    projects = list(Project.objects.order_by("name").values_list("slug", "name"))
    repositories = Repository.objects.shown_to(viewer).order_by("name")
    if question.place.scope == Scope.PROJECT:
        repositories = repositories.filter(project=question.place.pk)
    rows = repositories.values_list("pk", "name")[:MOST_LISTED]
    labels = labels_known(viewer)[:MOST_LABELS]
    employers = Organization.objects.order_by("name").values_list("slug", "name")[:MOST_LISTED]
    groups = [
        (_("Community"), [("community", settings.COMMUNITY_NAME)]),
        (_("Projects"), [(f"project:{slug}", name) for slug, name in projects]),
        (_("Repositories"), [(f"repository:{pk}", name) for pk, name in rows]),
        (_("Organizations"), [(f"organization:{slug}", name) for slug, name in employers]),
        (_("Labels"), [(f"label:{one.name}", one.name) for one in labels]),
        (_("People"), people(question, viewer)),
    ]
    listed = {slug for _label, entries in groups for slug, _name in entries}
    if question.slug not in listed:
        groups.append((_("Chosen"), [(question.slug, question.name)]))
    return [{"label": label, "entries": entries} for label, entries in groups if entries]


def people(question: Question, viewer: "Viewer") -> list[tuple[str, str]]:
    """Oneself, and the person at hand."""
    found = {}
    if viewer.is_authenticated:
        found[f"person:{viewer.handle}"] = str(viewer)
    if question.place.handle:
        found[question.slug] = question.name
    return list(found.items())


def periods(question: Question) -> list[tuple[str, "str | _StrPromise"]]:
    """The last ones, the years of which anything is known, what is named, and chosen ends."""
    extent = question.extent
    last = extent.months[-1].year if extent else date.min.year
    first = max(extent.start.year, last - YEARS + 1) if extent else last + 1
    years = [str(year) for year in range(last, first - 1, -1)]
    found: list[tuple[str, str | _StrPromise]] = [(USUAL, question.step.last)]
    found += [(year, year) for year in years]
    if question.period not in {USUAL, CHOSEN, *years}:
        found.append((question.period, question.window.label))
    return [*found, (CHOSEN, _("Chosen dates"))]


def embeds(question: Question) -> list[dict[str, str]]:
    """Codes to copy, for what everybody may see; nothing for what is shown to some alone."""
    try:
        place_of(question.slug, AnonymousUser())
    except Http404:
        return []
    site = settings.SITE_URL.rstrip("/")
    args = [question.slug, question.metric.key]
    alt = f"{question.metric.name}, {question.slug}"
    by = "" if question.step is MONTH else f"by={question.step.key}"
    last = by and f"?period={question.step.key}&{by}"
    link = f"{site}{reverse('metrics:explore')}?metric={args[1]}&scope={args[0]}{by and '&'}{by}"
    badge = site + reverse("metrics:embed_image", args=["badge", *args]) + last
    chart = site + reverse("metrics:embed_image", args=["chart", *args]) + (by and f"?{by}")
    card = site + reverse("metrics:embed_card", args=args) + last
    frame = f'<iframe src="{card}" title="{alt}" width="360" height="440" loading="lazy"></iframe>'
    return [
        {"label": _("Badge"), "url": badge, "code": f"[![{alt}]({badge})]({link})"},
        {"label": _("Chart"), "url": chart, "code": f"[![{alt}]({chart})]({link})"},
        {"label": _("Card"), "url": card, "code": frame},
    ]


def feed_url(question: Question) -> str:
    """Where the notable changes of the scope are told."""
    if question.place.project:
        return reverse("metrics:project_notable", args=[question.place.project])
    return reverse("metrics:notable")
