"""Who drifts away in the API, for maintainers."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import permissions, serializers, viewsets
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from community.projects.models import Project
from contributors.retention import words
from contributors.retention.models import Drift, FollowUp
from contributors.retention.queries import Carried, Case, State, cases, in_state

AREA_KINDS = [("reviews", "reviews"), ("commits", "commits"), ("answers", "answers")]


class AreaSerializer(serializers.Serializer[Carried]):
    """Work of which one person did more than half in the year before; `others` shared the rest."""

    repository = serializers.CharField(source="repository.name")
    kind = serializers.ChoiceField(choices=AREA_KINDS, source="area.kind")
    mine = serializers.IntegerField(source="area.mine")
    total = serializers.IntegerField(source="area.total")
    share = serializers.FloatField()
    others = serializers.IntegerField(source="area.others")


class FollowUpSerializer(serializers.ModelSerializer[FollowUp]):
    """What a maintainer did, and after how many days the person was back."""

    by = serializers.SlugRelatedField[Any](slug_field="handle", read_only=True)
    contact = serializers.SlugRelatedField[Any](slug_field="handle", read_only=True)
    days_until_return = serializers.IntegerField(allow_null=True)

    class Meta:
        model = FollowUp
        fields = [
            *("kind", "text", "contact", "until", "by", "at"),
            *("outcome", "outcome_on", "days_until_return"),
        ]


class DriftSerializer(serializers.ModelSerializer[Drift]):
    """How far somebody is below their usual contributions a month, and since when."""

    sentence = serializers.SerializerMethodField()

    class Meta:
        model = Drift
        fields = [
            *("usual", "recent", "since", "reason", "sentence"),
            *("months_from", "months", "known_until", "version"),
        ]

    def get_sentence(self, drift: Drift) -> str:
        """The reason for people."""
        return words.reason(drift)


class CaseSerializer(serializers.Serializer[Case]):
    """Somebody quiet or returned; `drift` is null for those no longer quieter than usual."""

    person = serializers.CharField(source="person.handle")
    state = serializers.SerializerMethodField()
    drift = DriftSerializer(allow_null=True)
    carried = AreaSerializer(many=True)
    follow_ups = FollowUpSerializer(many=True)

    @extend_schema_field(serializers.ChoiceField(choices=State.choices))
    def get_state(self, case: Case) -> str:
        """Where they stand."""
        return case.state(self.context["today"]).value


class QuietPeopleViewSet(viewsets.GenericViewSet[Any]):
    """People who do much less than they used to, those who carried most first."""

    serializer_class = CaseSerializer
    queryset = Drift.objects.none()  # what the description takes it for

    def get_permissions(self) -> Any:
        return [*super().get_permissions(), permissions.IsAuthenticated()]

    @extend_schema(
        parameters=[
            OpenApiParameter("project", OpenApiTypes.STR, description="Slug"),
            OpenApiParameter("state", OpenApiTypes.STR, enum=State.values),
        ]
    )
    def list(self, request: Request) -> Response:
        """Those of the community for its maintainers, those of a project for its own."""
        slug, today = (
            request.query_params.get("project", "").replace("\0", ""),
            timezone.now().date(),
        )
        project = get_object_or_404(Project, slug=slug) if slug else None
        if not request.user.has_perm("retention.follow_up", project):
            raise PermissionDenied
        found = cases(request.user, project, today)
        asked = request.query_params.get("state", "")
        if asked in State.values:
            found = in_state(found, State(asked), today)
        page: Any = self.paginate_queryset(found)
        context = {**self.get_serializer_context(), "today": today}
        rows = CaseSerializer(page, many=True, context=context).data
        return self.get_paginated_response(rows)
