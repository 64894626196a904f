"""What waits for an answer in the API, with who should give it."""

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from contributors.activity.answering import MAINTAINERS, REVIEWERS, Answerers
from contributors.activity.api import WorkItemSerializer
from contributors.activity.models import WorkItem
from contributors.activity.waiting import AGES, Line, WaitingFilter, lines_of, rows_asked

ROLES = [(REVIEWERS, "reviewers"), (MAINTAINERS, "maintainers"), ("", "nobody")]


class AnswerersSerializer(serializers.Serializer[Answerers]):
    """Reviewers so far, else the maintainers; `unnamed` are further ones or hidden."""

    role = serializers.ChoiceField(choices=ROLES)
    people = serializers.SerializerMethodField()
    unnamed = serializers.IntegerField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_people(self, found: Answerers) -> list[str]:
        """Up to three handles."""
        return [person.handle for person in found.people]


class WaitingSerializer(serializers.Serializer[Line]):
    """Something that waits, since when, and by whom it is to be answered."""

    item = WorkItemSerializer()
    waits_since = serializers.DateTimeField(source="item.waits_since")
    answerers = AnswerersSerializer()


class WaitingViewSet(viewsets.GenericViewSet[Any]):
    """Open issues and change requests whose last word is no maintainer's, the longest first."""

    serializer_class = WaitingSerializer
    queryset = WorkItem.objects.none()  # what the description takes it for

    @extend_schema(
        parameters=[
            OpenApiParameter("project", OpenApiTypes.STR, description="Slug"),
            OpenApiParameter("kind", OpenApiTypes.STR, enum=WorkItem.Kind.values),
            OpenApiParameter(
                "age",
                OpenApiTypes.INT,
                enum=[int(age) for age, _ in AGES if age],
                description="Days",
            ),
            OpenApiParameter("who", OpenApiTypes.STR, description="Handle of who should answer"),
        ]
    )
    def list(self, request: Request) -> Response:
        """A page of what waits."""
        rows = rows_asked(WaitingFilter(request.query_params).asked(), request.user, timezone.now())
        page: Any = self.paginate_queryset(rows.with_people())
        lines: Any = lines_of(page, request.user)
        found = WaitingSerializer(lines, many=True, context=self.get_serializer_context())
        return self.get_paginated_response(found.data)
