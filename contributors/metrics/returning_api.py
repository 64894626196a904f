"""Who comes back, in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from contributors.metrics.definitions.cohorts import FEWEST, FOLLOWED, Group
from contributors.metrics.explore_api import ScopeSerializer, asked
from contributors.metrics.returning import cohorts_of, step_asked


class AgainSerializer(serializers.Serializer[Any]):
    """A later month, or quarter; `active` is null while it is not over or not known."""

    months_later = serializers.IntegerField(
        min_value=1, max_value=12, help_text="Of quarters 3, 6, 9 and 12."
    )
    active = serializers.IntegerField(allow_null=True)
    share = serializers.FloatField(
        allow_null=True, help_text=f"Null also for groups of fewer than {FEWEST} people."
    )


class GroupSerializer(serializers.Serializer[Group]):
    """The people who first acted in a month or quarter, and how many were active again when."""

    first_month = serializers.DateField(source="month")
    people = serializers.IntegerField()
    again = serializers.SerializerMethodField()

    @extend_schema_field(AgainSerializer(many=True))
    def get_again(self, group: Group) -> Any:
        """The twelve months, or four quarters, after."""
        length = FOLLOWED // len(group.again)
        pairs = enumerate(zip(group.again, group.shares, strict=True), start=1)
        rows: Any = [
            {"months_later": length * later, "active": active, "share": share}
            for later, (active, share) in pairs
        ]
        return AgainSerializer(rows, many=True).data


class ByQuarterSerializer(ScopeSerializer):
    """Whose people, and how they are grouped."""

    by = serializers.ChoiceField(choices=["month", "quarter"], default="month")


class CohortViewSet(viewsets.GenericViewSet[Any]):
    """People by the month or quarter in which they first acted, the latest first."""

    serializer_class = GroupSerializer
    filter_backends = ()

    @extend_schema(parameters=[ByQuarterSerializer], responses=GroupSerializer(many=True))
    def list(self, request: Request) -> Response:
        """What the page of the same name shows, of all that is known."""
        given = asked(ByQuarterSerializer, request)
        found = cohorts_of(given["scope"], request.user, step_asked(given["by"]))
        groups: Any = list(reversed(found.groups))
        page: Any = self.paginate_queryset(groups)
        return self.get_paginated_response(GroupSerializer(page, many=True).data)
