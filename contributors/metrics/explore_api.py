"""Questions to the finished figures, and notable changes, in the API."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from contributors.metrics.explore import Answer, Row, answer, rows_of
from contributors.metrics.models import Scope
from contributors.metrics.noting import Change, changes_of
from contributors.metrics.questions import GROUPINGS, USUAL, groupings, question_of
from contributors.metrics.registry import METRICS
from contributors.metrics.rollups import PERSONAL
from contributors.metrics.series import place_of

SCOPE = "community, project:SLUG, repository:ID or person:HANDLE"


class QuestionSerializer(serializers.Serializer[Any]):
    """What is asked; whole months, `to` not included, the last twelve where none are named."""

    metric = serializers.ChoiceField(choices=list(METRICS), default=PERSONAL)
    scope = serializers.CharField(default="community", max_length=300, help_text=SCOPE)
    to = serializers.DateField(required=False)
    group = serializers.ChoiceField(choices=list(GROUPINGS), default="month")

    def get_fields(self) -> dict[str, Any]:
        """With `from`, which no attribute can be called."""
        return {**super().get_fields(), "from": serializers.DateField(required=False)}


class RowSerializer(serializers.Serializer[Row]):
    """One month of one group; `value` is null where nothing is known."""

    month = serializers.DateField()
    group = serializers.CharField(help_text="Project, repository or kind; empty: the scope itself.")
    value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(allow_null=True)
    missing = serializers.FloatField(allow_null=True)
    completeness = serializers.FloatField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)


class AnswerSerializer(serializers.Serializer[Answer]):
    """The finished figures that a question asks for."""

    metric = serializers.CharField(source="question.metric.key")
    unit = serializers.CharField(source="question.metric.unit")
    scope = serializers.CharField(source="question.slug")
    start = serializers.DateField(source="question.window.start")
    end = serializers.DateField(source="question.window.end", help_text="Not included.")
    group = serializers.CharField(source="question.group")
    rows = serializers.SerializerMethodField()

    @extend_schema_field(RowSerializer(many=True))
    def get_rows(self, found: Answer) -> list[dict[str, Any]]:
        """Month by month, group by group."""
        rows: Any = rows_of(found)
        return list(RowSerializer(rows, many=True).data)


class ScopeSerializer(serializers.Serializer[Any]):
    """Whose changes are asked for."""

    scope = serializers.CharField(default="community", max_length=300, help_text=SCOPE)


class ChangeSerializer(serializers.Serializer[Change]):
    """A month in which a metric was outside its band, or in which a factor fell."""

    scope = serializers.CharField(source="slug")
    metric = serializers.CharField(source="metric.key")
    month = serializers.DateField()
    kind = serializers.ChoiceField(choices=["above", "below", "fell"], source="found.kind")
    value = serializers.FloatField(source="found.value")
    usual = serializers.FloatField(
        source="found.usual",
        help_text="The mean of the months before; of a fall, the value before.",
    )
    deviations = serializers.FloatField(source="found.deviations", allow_null=True)
    title = serializers.CharField(help_text="In the reader's language.")
    sentence = serializers.CharField(help_text="In the reader's language.")
    url = serializers.CharField(help_text="The page that shows it.")


def asked(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, str]:
    """The parameters, checked, as the address of a page would hold them."""
    given = serializer(data=request.query_params.dict())
    given.is_valid(raise_exception=True)
    return {key: str(value) for key, value in given.validated_data.items()}


# One answer, although the address is that of a list.
ANSWER = forced_singular_serializer(AnswerSerializer)  # type: ignore[no-untyped-call]


class ExploreViewSet(viewsets.ViewSet):
    """One metric of one scope over months, from finished figures."""

    @extend_schema(parameters=[QuestionSerializer], responses=ANSWER)
    def list(self, request: Request) -> Response:
        """What the page of the same address shows, as numbers."""
        given = asked(QuestionSerializer, request)
        question = question_of(given, request.user)
        if given["group"] not in groupings(question.metric, question.place):
            told = _("These figures cannot be split so.")
            raise serializers.ValidationError({"group": [told]})
        if given.keys() & {"from", "to"} and question.period == USUAL:
            told = _("Give both ends, the first before the last, at most ten years apart.")
            raise serializers.ValidationError({"from": [told]})
        return Response(AnswerSerializer(answer(question, request.user)).data)


class NotableViewSet(viewsets.ViewSet):
    """Months in which a metric of a scope was not as usual, the latest first."""

    @extend_schema(parameters=[ScopeSerializer], responses=ChangeSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Those of the last twelve months that are over."""
        slug = asked(ScopeSerializer, request)["scope"]
        place = place_of(slug, request.user)
        if place.scope == Scope.PERSON:
            raise Http404
        found: Any = changes_of(place, slug)
        return Response(ChangeSerializer(found, many=True).data)
