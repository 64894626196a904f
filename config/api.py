"""The REST API under /api/."""

from functools import cache
from typing import Any

from django.urls import include, path, re_path
from django.utils import translation
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from community.notifications.api import NoticeViewSet
from community.people.api import MeView, OrganizationViewSet, PersonViewSet
from community.projects.api import ProjectViewSet, RepositoryViewSet
from config import schema  # noqa: F401  (registers how tokens are described)
from contributors.activity.api import ContributionViewSet, WorkItemViewSet
from contributors.activity.completeness_api import DayViewSet, RepositoryWeightViewSet
from contributors.activity.waiting_api import WaitingViewSet
from contributors.attention.api import NewcomerViewSet, ReviewLoadViewSet
from contributors.attention.visits_api import SinceViewSet
from contributors.criteria.api import CriteriaViewSet
from contributors.digests.api import DigestViewSet
from contributors.digests.subscriptions_api import SubscriptionViewSet
from contributors.metrics.api import FigureViewSet, MetricViewSet
from contributors.metrics.explore_api import ExploreViewSet, NotableViewSet
from contributors.metrics.health_api import HealthViewSet
from contributors.metrics.measures_api import MeasureViewSet
from contributors.metrics.returning_api import CohortViewSet
from contributors.retention.api import QuietPeopleViewSet
from governance.ballots.api import TallyView
from governance.ballots.candidacy_api import CandidateViewSet
from governance.ballots.elections_api import ElectionViewSet
from governance.rolls.api import RollViewSet
from integrations.connections.api import SourceViewSet


class Schema(SpectacularJSONAPIView):
    """The OpenAPI description, made once a process: it takes seconds and is the same for all."""

    def _get_schema_response(self, request: Request) -> Response:
        return Response(described(translation.get_language()))


@cache
def described(language: str) -> dict[str, Any]:
    """The description in the language that is active; `language` keys the cache."""
    generator: Any = Schema.generator_class()
    found: dict[str, Any] = generator.get_schema(request=None, public=True)
    return found


class Index(APIView):
    """Where everything is."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        lists = [f"{prefix}-list" for prefix, _viewset, _basename in router.registry]
        names = {name.removesuffix("-list"): name for name in [*lists, "me", "schema", "docs"]}
        return Response(
            {key: reverse(f"api:{name}", request=request) for key, name in names.items()}
        )


@extend_schema(exclude=True)
class Nowhere(APIView):
    """Any other address, answered as a problem rather than a page."""

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise NotFound


router = SimpleRouter()
router.register("people", PersonViewSet, basename="people")
router.register("organizations", OrganizationViewSet, basename="organizations")
router.register("projects", ProjectViewSet, basename="projects")
router.register("repositories", RepositoryViewSet, basename="repositories")
router.register("contributions", ContributionViewSet, basename="contributions")
router.register("work-items", WorkItemViewSet, basename="work-items")
router.register("waiting", WaitingViewSet, basename="waiting")
router.register("completeness", RepositoryWeightViewSet, basename="completeness")
router.register("completeness-days", DayViewSet, basename="completeness-days")
router.register("metrics", MetricViewSet, basename="metrics")
router.register("figures", FigureViewSet, basename="figures")
router.register("measures", MeasureViewSet, basename="measures")
router.register("explore", ExploreViewSet, basename="explore")
router.register("notable", NotableViewSet, basename="notable")
router.register("cohorts", CohortViewSet, basename="cohorts")
router.register("since-last-visit", SinceViewSet, basename="since-last-visit")
router.register("newcomers", NewcomerViewSet, basename="newcomers")
router.register("review-load", ReviewLoadViewSet, basename="review-load")
router.register("health", HealthViewSet, basename="health")
router.register("at-risk", QuietPeopleViewSet, basename="at-risk")
router.register("notices", NoticeViewSet, basename="notices")
router.register("subscriptions", SubscriptionViewSet, basename="subscriptions")
router.register("digests", DigestViewSet, basename="digests")
router.register("elections", ElectionViewSet, basename="elections")
router.register("criteria", CriteriaViewSet, basename="criteria")
router.register("rolls", RollViewSet, basename="rolls")
router.register("sources", SourceViewSet, basename="sources")

# Below one election each: not among the lists that the index names.
nested = SimpleRouter()
nested.register(
    "elections/(?P<election>[-a-zA-Z0-9_]{1,80})/candidates",
    CandidateViewSet,
    basename="candidates",
)

v1 = [
    path("", Index.as_view(), name="index"),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    path("me/", MeView.as_view(), name="me"),
    path("tally/", TallyView.as_view(), name="tally"),
    *router.urls,
    *nested.urls,
    re_path(r"", Nowhere.as_view(), name="nowhere"),
]
app_name = "api"
urlpatterns = [path("v1/", include(v1))]
