"""Every metric of one scope and period in the API, beside the period before and a year ago."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from contributors.metrics.api import UNTOLD
from contributors.metrics.explore_api import SCOPE, DayField, asked
from contributors.metrics.periods import Extent, Window, window_of
from contributors.metrics.queries import extent_of, measures
from contributors.metrics.registry import METRICS
from contributors.metrics.rollups import RECENT_DAYS
from contributors.metrics.series import place_of
from contributors.metrics.wholeness import gap_of


class PeriodSerializer(serializers.Serializer[Any]):
    """Whose figures, and of which period; the last 90 days that are known unless another is named:
    `period`, or `from` with `to`, which is not included, or `days`."""

    scope = serializers.CharField(default="community", max_length=300, help_text=SCOPE)
    period = serializers.CharField(
        required=False,
        max_length=10,
        help_text="2026-W12, 2026-03, 2026-Q1, 2026; week, month, quarter, year: the last over.",
    )
    to = DayField()
    days = serializers.ChoiceField(choices=list(RECENT_DAYS), required=False)

    def get_fields(self) -> dict[str, Any]:
        """With `from`, which no attribute can be called."""
        return {**super().get_fields(), "from": DayField()}


class SpanSerializer(serializers.Serializer[Any]):
    """Half-open, whole UTC days."""

    start = serializers.DateField()
    end = serializers.DateField(help_text="Not included.")


class MeasureSerializer(serializers.Serializer[Any]):
    """One metric; null where there is nothing to say."""

    metric = serializers.CharField()
    unit = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    before = serializers.FloatField(allow_null=True)
    year_ago = serializers.FloatField(
        allow_null=True, help_text="Null for the last 30, 90 and 365 days."
    )
    n = serializers.IntegerField()
    missing = serializers.FloatField(allow_null=True)
    completeness = serializers.FloatField(allow_null=True)
    is_tracked = serializers.BooleanField(help_text="Whether any source could know.")
    version = serializers.IntegerField()
    details = serializers.DictField()


class MeasuresSerializer(serializers.Serializer[Any]):
    """A period with every metric of a scope, and the two periods it is compared with."""

    scope = serializers.CharField()
    period = serializers.CharField(help_text="Its name; empty where it has none.")
    start = serializers.DateField()
    end = serializers.DateField(help_text="Not included.")
    before = serializers.SerializerMethodField()
    year_ago = serializers.SerializerMethodField()
    figures = MeasureSerializer(many=True)

    @extend_schema_field(SpanSerializer)
    def get_before(self, found: dict[str, Any]) -> Any:
        """The period before."""
        return span(found["window"].before)

    @extend_schema_field(SpanSerializer)
    def get_year_ago(self, found: dict[str, Any]) -> Any:
        """The same one a year ago."""
        return span(found["window"].year_ago)


def span(days: Any) -> Any:
    both: Any = dict(zip(("start", "end"), days, strict=True))
    return SpanSerializer(both).data


# One answer, although the address is that of a list.
MEASURES = forced_singular_serializer(MeasuresSerializer)  # type: ignore[no-untyped-call]


class MeasureViewSet(viewsets.ViewSet):
    """Every metric of one scope and period."""

    @extend_schema(parameters=[PeriodSerializer], responses=MEASURES)
    def list(self, request: Request) -> Response:
        """What the dashboard of the same period shows, and more."""
        given = asked(PeriodSerializer, request)
        place = place_of(given["scope"], request.user)
        today = timezone.now().date()
        extent = extent_of(place) or Extent(today, today + timedelta(days=1))
        window = window_of(given, extent)
        refuse_misread(given, window)
        gap = gap_of(place, window, request.user, timezone.now())
        found: Any = {
            "scope": given["scope"],
            "period": window.code,
            "start": window.start,
            "end": window.end,
            "window": window,
            "figures": [
                {
                    "metric": key,
                    "unit": METRICS[key].unit,
                    "value": one.value,
                    "before": one.before,
                    "year_ago": one.year_ago,
                    "n": one.n,
                    "missing": one.missing,
                    "completeness": gap.share(one.completeness) if gap else one.completeness,
                    "is_tracked": one.is_tracked,
                    "version": METRICS[key].version,
                    "details": {
                        name: value for name, value in one.details.items() if name not in UNTOLD
                    },
                }
                for key, one in measures(place, window).items()
            ],
        }
        return Response(MeasuresSerializer(found).data)


def refuse_misread(given: dict[str, str], window: Window) -> None:
    """Raise ValidationError where the period asked for makes no sense."""
    if "period" in given and window.days:
        raise serializers.ValidationError({"period": [_("There is no such period.")]})
    if given.keys() & {"from", "to"} and window.days and "days" not in given:
        told = _("Give both ends, the first before the last, at most ten years apart.")
        raise serializers.ValidationError({"from": [told]})
