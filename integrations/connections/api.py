"""Sources in the API: how they stand, and the page's own verbs on them."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from community.projects.models import Project, Repository
from community.tokens.authentication import caller
from community.tokens.models import ApiToken
from integrations.connections import actions
from integrations.connections.models import Source


class SourceSerializer(serializers.ModelSerializer[Source]):
    """A repository kept in step; `completeness` is a share, null where nothing is expected yet."""

    project = serializers.SlugRelatedField[Project](
        source="repository.project", slug_field="slug", read_only=True
    )
    repository = serializers.SlugRelatedField[Repository](slug_field="name", read_only=True)
    problem = serializers.CharField(read_only=True)
    last_run = serializers.CharField(source="last_state", read_only=True, allow_null=True)
    completeness = serializers.FloatField(read_only=True, allow_null=True)
    requests_left = serializers.SerializerMethodField()

    class Meta:
        model = Source
        fields = [
            "id",
            "connector",
            "location",
            "project",
            "repository",
            "repository_id",
            "state",
            "last_run",
            "problem",
            "completeness",
            "requests_left",
            "synced_at",
            "due_at",
        ]

    def get_requests_left(self, source: Source) -> int | None:
        left: int | None = source.budget.get("remaining")
        return left


class SyncInput(serializers.Serializer[Any]):
    """Whether to read everything again rather than what is new."""

    full = serializers.BooleanField(default=False)


class MayManage(permissions.BasePermission):
    """Maintainers of the site."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.has_perm("connections.manage_connections"))


class SourceViewSet(viewsets.ReadOnlyModelViewSet[Source]):
    """Repositories kept in step, for maintainers; a token needs `admin:sync` to act."""

    serializer_class = SourceSerializer
    lookup_value_regex = r"[0-9]{1,18}"
    queryset = Source.objects.with_standing().order_by("location", "pk")

    def get_permissions(self) -> Any:
        return [*super().get_permissions(), permissions.IsAuthenticated(), MayManage()]

    @property
    def token_scope(self) -> str:
        """What a token must reach: acting is more than reading."""
        is_safe = self.request.method in permissions.SAFE_METHODS
        return str(ApiToken.Scope.READ if is_safe else ApiToken.Scope.SYNC)

    @extend_schema(request=SyncInput, responses={202: SourceSerializer})
    @action(detail=True, methods=["post"])
    def sync(self, request: Request, pk: str) -> Response:
        """Ask for a run; 409 while one is under way, paused or out of budget."""
        data = SyncInput(data=request.data)
        data.is_valid(raise_exception=True)
        found, at = self.get_object(), timezone.now()
        actions.ask_for_run(source=found, by=caller(request), at=at, **data.validated_data)
        return Response(self.get_serializer(found).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=None, responses={200: SourceSerializer})
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Stop after the page under way; everything read so far stays."""
        actions.pause(source=self.get_object(), by=caller(request), at=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, responses={200: SourceSerializer})
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Read on from where it stopped."""
        actions.resume(source=self.get_object(), by=caller(request), at=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)
