"""The health of a project in the API."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from community.projects.models import Project
from contributors.metrics.checkup import Checked, Checkup, checkup_of
from contributors.metrics.models import Scope
from contributors.metrics.queries import Place

PROJECT = OpenApiParameter("project", OpenApiTypes.STR, description="Slug", required=True)


class ItemSerializer(serializers.Serializer[Checked]):
    """An item by its own rule; `value` and `level` are null where nothing is known."""

    metric = serializers.CharField(source="item.metric")
    unit = serializers.CharField(source="metric.unit")
    days = serializers.IntegerField(source="item.days", help_text="Of the period, the last known.")
    better = serializers.ChoiceField(choices=["more", "less"], source="item.better")
    value = serializers.FloatField(source="item.value", allow_null=True)
    before = serializers.FloatField(source="measure.before", allow_null=True, default=None)
    level = serializers.IntegerField(source="item.level", allow_null=True, help_text="0 to 5.")
    threshold = serializers.FloatField(
        source="item.threshold", allow_null=True, help_text="What its level took."
    )
    needed = serializers.FloatField(
        source="item.needed", allow_null=True, help_text="What the next level takes."
    )
    trend = serializers.ChoiceField(
        choices=["better", "worse", "steady"], source="item.trend", allow_null=True
    )
    completeness = serializers.FloatField(allow_null=True)
    version = serializers.IntegerField(source="item.version", help_text="Of the rule.")
    note = serializers.CharField(help_text="In the reader's language.")
    rows = serializers.CharField(source="rows_url", help_text="The page of the rows behind it.")


class HealthSerializer(serializers.Serializer[Checkup]):
    """The level of the weakest known item, every item, and what the next level takes."""

    level = serializers.IntegerField(source="health.level", allow_null=True)
    next_level = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField(source="health.version")
    items = ItemSerializer(many=True)
    to_do = serializers.SerializerMethodField()
    unknown = serializers.SerializerMethodField()

    def get_to_do(self, checkup: Checkup) -> list[str]:
        """Metrics that keep the project from the next level."""
        return [one.item.metric for one in checkup.to_do]

    def get_unknown(self, checkup: Checkup) -> list[str]:
        """Metrics that say nothing."""
        return [one.item.metric for one in checkup.unknown]


# One answer, although the address is that of a list.
ANSWER = forced_singular_serializer(HealthSerializer)  # type: ignore[no-untyped-call]


class HealthViewSet(viewsets.ViewSet):
    """How a project stands, item by item."""

    @extend_schema(parameters=[PROJECT], responses=ANSWER)
    def list(self, request: Request) -> Response:
        """What the page of the project's health shows; 404 while nothing is known."""
        slug = request.query_params.get("project", "").replace("\0", "")
        project = get_object_or_404(Project, slug=slug)
        place = Place(Scope.PROJECT, project.pk, project=project.slug, name=project.name)
        found = checkup_of(place, request.user, timezone.now())
        if found is None:
            raise Http404
        return Response(HealthSerializer(found).data)
