"""What wants attention in the API."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from community.projects.models import Project
from contributors.activity.api import ContributionSerializer, WorkItemSerializer
from contributors.attention.models import ReviewState
from contributors.attention.reviewing import Load, Reviewer, load_of, reviewers, states
from contributors.attention.welcoming import (
    Newcomer,
    days_asked,
    new_people,
    newcomers,
    scope_of,
)
from contributors.metrics.periods import recent_window
from contributors.metrics.queries import extent_of, measures
from contributors.metrics.rollups import RECENT_DAYS


def project_asked(request: Request) -> Project | None:
    """The project that `project` names; None: the whole community. 404 where there is none."""
    slug = request.query_params.get("project", "").replace("\0", "")
    return get_object_or_404(Project, slug=slug) if slug else None


class LoadSerializer(serializers.Serializer[Load]):
    """The reviews of the last 90 days and what is open now; `busiest` is a share."""

    reviews = serializers.IntegerField()
    reviewers = serializers.IntegerField()
    busiest = serializers.FloatField(allow_null=True)
    opened = serializers.IntegerField()
    per_reviewer = serializers.FloatField(allow_null=True)
    open_requests = serializers.IntegerField()
    unreviewed = serializers.IntegerField()
    until = serializers.DateTimeField(allow_null=True)


class ReviewerSerializer(serializers.Serializer[Reviewer]):
    """Somebody's reviews; without a `person` those of all `people` who do not show it."""

    person = serializers.CharField(source="person.handle", allow_null=True, default=None)
    people = serializers.IntegerField()
    reviews = serializers.IntegerField()
    requests = serializers.IntegerField()
    share = serializers.FloatField()


class ReviewLoadSerializer(serializers.Serializer[Any]):
    """A page of reviewers with the load they share."""

    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    load = LoadSerializer()
    results = ReviewerSerializer(many=True)


class ReviewLoadViewSet(viewsets.GenericViewSet[Any]):
    """Who reviewed how much in the last 90 days."""

    serializer_class = ReviewerSerializer
    queryset = ReviewState.objects.none()  # what the description takes it for

    @extend_schema(
        parameters=[OpenApiParameter("project", OpenApiTypes.STR, description="Slug")],
        responses=ReviewLoadSerializer,
    )
    def list(self, request: Request) -> Response:
        """The reviewers of the community or of a project, the busiest first."""
        found = states(project_asked(request), request.user)
        page: Any = self.paginate_queryset(reviewers(found, request.user))
        answer = self.get_paginated_response(ReviewerSerializer(page, many=True).data)
        answer.data["load"] = LoadSerializer(load_of(found)).data
        return answer


class NewcomerSerializer(serializers.Serializer[Newcomer]):
    """Somebody new; `task` is an open issue for newcomers that nobody has answered, or null."""

    person = serializers.CharField(source="person.handle")
    first = ContributionSerializer()
    awaits_answer = serializers.BooleanField()
    task = WorkItemSerializer(allow_null=True)


class NewcomerViewSet(viewsets.GenericViewSet[Any]):
    """Who did their first act lately, the newest first."""

    serializer_class = NewcomerSerializer
    queryset = ReviewState.objects.none()  # what the description takes it for

    @extend_schema(
        parameters=[
            OpenApiParameter("project", OpenApiTypes.STR, description="Slug"),
            OpenApiParameter("days", OpenApiTypes.INT, enum=list(RECENT_DAYS)),
        ]
    )
    def list(self, request: Request) -> Response:
        """Those of the community or of a project, with their first act and a task each."""
        place, viewer = scope_of(project_asked(request)), request.user
        extent = extent_of(place)
        window = recent_window(days_asked(request.query_params), extent) if extent else None
        people = new_people(measures(place, window), viewer) if window else []
        page: Any = self.paginate_queryset(people)
        rows: Any = newcomers(page, place, viewer)
        found = NewcomerSerializer(rows, many=True, context=self.get_serializer_context())
        return self.get_paginated_response(found.data)
