"""What changed since one's last visit, in the API."""

from datetime import datetime
from typing import Any, NamedTuple, cast

from django.utils import timezone
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import permissions, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from community.people.models import Person
from community.projects.models import Project
from contributors.attention.actions import note_visit
from contributors.attention.api import project_asked
from contributors.attention.changes import LONGEST, Change, changes_since
from contributors.attention.models import Visit
from contributors.attention.rules import held_against
from contributors.attention.welcoming import scope_of


class Since(NamedTuple):
    """What is new since a visit; no changes where there was none before."""

    before_at: datetime | None
    is_long_ago: bool
    changes: list[Change]


class ChangedSerializer(serializers.Serializer[Change]):
    """How many rows of a kind are new; at most 1,000 are counted."""

    kind = serializers.ChoiceField(choices=["contributions", "opened", "closed", "people"])
    number = serializers.IntegerField()
    is_more = serializers.BooleanField(help_text="There are more than are counted.")
    url = serializers.CharField(help_text="The page of the rows.")


class SinceSerializer(serializers.Serializer[Since]):
    """The end of the last visit, null where there was none, and what is new since its day."""

    before_at = serializers.DateTimeField(allow_null=True)
    is_long_ago = serializers.BooleanField(help_text="The last 90 days are counted.")
    changes = ChangedSerializer(many=True)


PROJECT = OpenApiParameter("project", OpenApiTypes.STR, description="Slug; else the front page.")
# One answer, although the address is that of a list.
SINCE = forced_singular_serializer(SinceSerializer)  # type: ignore[no-untyped-call]


class SinceViewSet(viewsets.ViewSet):
    """What the front page or a dashboard says changed since the caller was last there."""

    def get_permissions(self) -> Any:
        return [*super().get_permissions(), permissions.IsAuthenticated()]

    @extend_schema(parameters=[PROJECT], responses=SINCE)
    def list(self, request: Request) -> Response:
        """What a visit now would tell; it is not noted as one."""
        project, at = project_asked(request), timezone.now()
        before = last_visit(caller(request), project, at)
        return Response(SinceSerializer(since(before, project, caller(request), at)).data)

    @extend_schema(parameters=[PROJECT], request=None, responses={200: SinceSerializer})
    def create(self, request: Request) -> Response:
        """The same, and from now on this is the last visit, as if the page had been seen."""
        project, at = project_asked(request), timezone.now()
        visit = note_visit(person=caller(request), project=project, at=at)
        return Response(SinceSerializer(since(visit.before_at, project, caller(request), at)).data)


def caller(request: Request) -> Person:
    """Who asks; nobody gets here without having signed in."""
    return cast(Person, request.user)


def last_visit(person: Person, project: Project | None, at: datetime) -> datetime | None:
    """When the visit ended that one at this moment is held against."""
    visit = Visit.objects.filter(person=person, project=project).first()
    return held_against(visit.seen_at, visit.before_at, at) if visit else None


def since(before: datetime | None, project: Project | None, viewer: Person, at: datetime) -> Since:
    """What is new for this reader."""
    if before is None:
        return Since(None, is_long_ago=False, changes=[])
    found = changes_since(before, scope_of(project), viewer, at)
    return Since(before, at - before > LONGEST, found)
