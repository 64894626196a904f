"""The digests of a project in the API, for its maintainers."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import permissions, serializers, viewsets
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from community.projects.models import Project
from contributors.activity.models import WorkItem
from contributors.digests.contents import FIGURES, Digest, digest_of, known_of
from contributors.digests.editions import Edition, Length, edition_named, last_over
from contributors.metrics.cards import rows_url
from contributors.metrics.explore_api import ChangeSerializer
from contributors.metrics.registry import METRICS

PROJECT = OpenApiParameter("project", OpenApiTypes.STR, description="Slug", required=True)
LENGTH = OpenApiParameter("length", OpenApiTypes.STR, enum=Length.values)
NAME = OpenApiParameter("name", OpenApiTypes.STR, "path", description="2026-W12 or 2026-03")


class EditionSerializer(serializers.Serializer[Edition]):
    """A week or month that is over, under its name; `end` is not included."""

    name = serializers.CharField()
    length = serializers.ChoiceField(choices=Length.choices)
    start = serializers.DateField()
    end = serializers.DateField()


class ToldSerializer(serializers.Serializer[Any]):
    """A figure of the period, that of the period before, and the page of its rows."""

    metric = serializers.CharField()
    unit = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    before = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    missing = serializers.FloatField(allow_null=True)
    completeness = serializers.FloatField(allow_null=True)
    rows = serializers.CharField(help_text="Empty where no source could know.")


class AwaitingSerializer(serializers.ModelSerializer[WorkItem]):
    """What waits for an answer."""

    repository = serializers.CharField(source="repository.name")

    class Meta:
        model = WorkItem
        fields = ["kind", "repository", "number", "title", "url", "opened_at"]


class DigestSerializer(serializers.Serializer[Digest]):
    """What the page of the period shows; `waiting` is null but for the last one."""

    edition = EditionSerializer()
    url = serializers.CharField(help_text="The page.")
    is_silent = serializers.BooleanField(help_text="No mail is sent of it.")
    figures = serializers.SerializerMethodField()
    newcomers = serializers.SerializerMethodField()
    waiting = serializers.SerializerMethodField()
    changes = ChangeSerializer(many=True)

    @extend_schema_field(ToldSerializer(many=True))
    def get_figures(self, digest: Digest) -> list[dict[str, Any]]:
        """In the order of the page."""
        place, window = digest.place, digest.edition.window
        rows = [
            {
                "metric": key,
                "unit": METRICS[key].unit,
                "value": one.value,
                "before": one.before,
                "n": one.n,
                "missing": one.missing,
                "completeness": digest.gap.share(one.completeness)
                if digest.gap
                else one.completeness,
                "rows": rows_url(key, place, window) if one.is_tracked else "",
            }
            for key in FIGURES
            if (one := digest.measures.get(key))
        ]
        return list(ToldSerializer(rows, many=True).data)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_newcomers(self, digest: Digest) -> list[str]:
        """Handles of those who show what they do."""
        return [one.handle for one in digest.newcomers]

    @extend_schema_field(AwaitingSerializer(many=True, allow_null=True))
    def get_waiting(self, digest: Digest) -> list[dict[str, Any]] | None:
        """The longest first."""
        if digest.waiting is None:
            return None
        return list(AwaitingSerializer(digest.waiting["items"], many=True).data)


class DigestViewSet(viewsets.GenericViewSet[Any]):
    """Weeks and months of a project, and what a digest says of each."""

    serializer_class = EditionSerializer
    queryset = Project.objects.none()  # what the description takes it for
    lookup_field = "name"
    lookup_value_regex = "[0-9]{4}-W?[0-9]{2}"

    def get_permissions(self) -> Any:
        return [*super().get_permissions(), permissions.IsAuthenticated()]

    @extend_schema(parameters=[PROJECT, LENGTH])
    def list(self, request: Request) -> Response:
        """Those that are over since anything is known, the last first; weeks unless asked."""
        asked = request.query_params.get("length", "")
        length = Length(asked) if asked in Length.values else Length.WEEK
        found = editions_of(self._project(request), length)
        page: Any = self.paginate_queryset(found)
        return self.get_paginated_response(EditionSerializer(page, many=True).data)

    @extend_schema(parameters=[PROJECT, NAME], responses=DigestSerializer)
    def retrieve(self, request: Request, name: str) -> Response:
        """One of them with its figures."""
        project, today = self._project(request), timezone.now().date()
        edition = edition_named(name)
        if edition is None or not edition.is_over(today):
            raise Http404
        person: Any = request.user
        return Response(DigestSerializer(digest_of(project, edition, person, today)).data)

    def _project(self, request: Request) -> Project:
        slug = request.query_params.get("project", "").replace("\0", "")
        project = get_object_or_404(Project, slug=slug)
        if not request.user.has_perm("digests.read_digest", project):
            raise PermissionDenied
        return project


def editions_of(project: Project, length: Length) -> list[Edition]:
    """Those that are over, back to the first day of which anything is known."""
    extent = known_of(project)
    one, found = last_over(length, timezone.now().date()), []
    while extent and one.end > extent.start:
        if one.start < extent.end:
            found.append(one)
        one = one.before
    return found
