"""Questions to the finished figures, and notable changes, in the API."""

from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from contributors.metrics.explore import Answer, Row, answer, rows_of
from contributors.metrics.noting import Change, changes_of
from contributors.metrics.periods import day_or_none
from contributors.metrics.places import WITHIN
from contributors.metrics.questions import GROUPINGS, USUAL, groupings, question_of
from contributors.metrics.registry import METRICS
from contributors.metrics.series import place_of
from contributors.metrics.steps import STEPS

SCOPE = "community, project:SLUG, repository:ID, organization:SLUG, label:NAME, person:HANDLE"


class DayField(serializers.CharField):
    """A day, or the first one of a week, month, quarter or year."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": gettext_lazy("Give a day, or a week, month, quarter or year by its name.")
    }

    def __init__(self, **options: Any) -> None:
        told = "2026-03-16, 2026-W12, 2026-03, 2026-Q1 or 2026"
        super().__init__(**{"required": False, "max_length": 10, "help_text": told, **options})

    def to_internal_value(self, data: Any) -> str:
        day = day_or_none(super().to_internal_value(data))
        if day is None:
            self.fail("invalid")
        return str(day)


class QuestionSerializer(serializers.Serializer[Any]):
    """What is asked; whole steps, `to` not included, the last that are over where none are
    named: 26 weeks, 12 months, 8 quarters or 5 years."""

    metric = serializers.ChoiceField(choices=list(METRICS), required=False)
    scope = serializers.CharField(default="community", max_length=300, help_text=SCOPE)
    by = serializers.ChoiceField(choices=list(STEPS), default="month")
    period = serializers.CharField(
        required=False,
        max_length=10,
        help_text="2026-W12, 2026-03, 2026-Q1, 2026; week, month, quarter, year: the last over.",
    )
    to = DayField()
    group = serializers.ChoiceField(choices=list(GROUPINGS), default="month")

    def get_fields(self) -> dict[str, Any]:
        """With `from`, which no attribute can be called."""
        return {**super().get_fields(), "from": DayField()}


class RowSerializer(serializers.Serializer[Row]):
    """One step of one group; `value` is null where nothing is known."""

    period = serializers.CharField(help_text="2026-W12, 2026-03, 2026-Q1 or 2026.")
    start = serializers.DateField()
    group = serializers.CharField(
        help_text="Project, repository, organization or kind; empty: the scope itself."
    )
    value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(allow_null=True)
    missing = serializers.FloatField(allow_null=True)
    completeness = serializers.FloatField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)


class ComparedSerializer(serializers.Serializer[Any]):
    """The steps that are over and known in both periods, taken together."""

    against = serializers.ChoiceField(choices=["before", "year"])
    start = serializers.DateField()
    end = serializers.DateField(help_text="Not included.")
    now = serializers.FloatField(allow_null=True)
    then = serializers.FloatField(allow_null=True)
    steps = serializers.IntegerField()


class AnswerSerializer(serializers.Serializer[Answer]):
    """The figures that a question asks for."""

    metric = serializers.CharField(source="question.metric.key")
    unit = serializers.CharField(source="question.metric.unit")
    scope = serializers.CharField(source="question.slug")
    start = serializers.DateField(source="question.window.start")
    end = serializers.DateField(source="question.window.end", help_text="Not included.")
    by = serializers.CharField(source="question.step.key")
    group = serializers.CharField(source="question.group")
    compared = serializers.SerializerMethodField()
    rows = serializers.SerializerMethodField()

    @extend_schema_field(ComparedSerializer(many=True))
    def get_compared(self, found: Answer) -> list[dict[str, Any]]:
        """With the period before, and with the same one a year ago."""
        question, pairs = found.question, []
        for against, starts in (("before", question.before), ("year", question.year_ago)):
            now, then, steps = found.against(starts)
            ends = {"start": starts[0], "end": question.step.shifted(starts[-1], 1)}
            pairs.append({"against": against, **ends, "now": now, "then": then, "steps": steps})
        return list(ComparedSerializer(pairs, many=True).data)

    @extend_schema_field(RowSerializer(many=True))
    def get_rows(self, found: Answer) -> list[dict[str, Any]]:
        """Step by step, group by group."""
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
    """One metric of one scope over weeks, months, quarters or years."""

    @extend_schema(parameters=[QuestionSerializer], responses=ANSWER)
    def list(self, request: Request) -> Response:
        """What the page of the same address shows, as numbers."""
        given = asked(QuestionSerializer, request)
        question = question_of(given, request.user)
        if given["group"] not in groupings(question.metric, question.place, question.step):
            told = _("These figures cannot be split so.")
            raise serializers.ValidationError({"group": [told]})
        if given.keys() & {"from", "to"} and question.period == USUAL:
            told = _("Give both ends, the first before the last, at most %(count)s apart.")
            words = {"count": question.step.most}
            raise serializers.ValidationError({"from": [told % words]})
        if "period" in given and question.period == USUAL:
            told = _("There is no such period.")
            raise serializers.ValidationError({"period": [told]})
        return Response(AnswerSerializer(answer(question, request.user)).data)


class NotableViewSet(viewsets.ViewSet):
    """Months in which a metric of a scope was not as usual, the latest first."""

    @extend_schema(parameters=[ScopeSerializer], responses=ChangeSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Those of the last twelve months that are over."""
        slug = asked(ScopeSerializer, request)["scope"]
        place = place_of(slug, request.user)
        if place.scope in WITHIN:
            raise Http404
        found: Any = changes_of(place, slug)
        return Response(ChangeSerializer(found, many=True).data)
