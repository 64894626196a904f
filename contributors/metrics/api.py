"""Metrics in the API: what each one means, and its finished figures."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from community.people.models import Organization, Person
from community.people.visibility import may_see
from community.projects.models import Project, Repository
from contributors.activity.completeness_api import ReasonSerializer
from contributors.activity.standing import Weight
from contributors.metrics.models import STORED, Figure
from contributors.metrics.registry import METRICS, Metric
from contributors.metrics.wholeness import weights_of

UNTOLD = frozenset({"people", "repositories"})


class MetricSerializer(serializers.Serializer[Metric]):
    """What a metric counts; `name` is the CHAOSS name."""

    key = serializers.CharField()
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    description = serializers.CharField()
    unit = serializers.CharField()
    better = serializers.ChoiceField(choices=["more", "less", "neutral"], source="direction")
    version = serializers.IntegerField()
    citation = serializers.URLField()


class WeightSerializer(serializers.Serializer[Weight]):
    """Expected against received; `share` is 1 only where nothing lacks and nothing is open."""

    share = serializers.FloatField(allow_null=True)
    expected = serializers.IntegerField()
    received = serializers.IntegerField()
    reasons = serializers.SerializerMethodField()

    @extend_schema_field(ReasonSerializer(many=True))
    def get_reasons(self, weight: Weight) -> Any:
        """What is open at repositories that the reader may know of."""
        hidden = self.context["hidden"]
        shown: Any = [one for one in weight.reasons if one.repository_id not in hidden]
        return ReasonSerializer(shown, many=True).data


class FigureSerializer(serializers.ModelSerializer[Figure]):
    """One metric of one scope in one month; `scope_id` is 0 for the community."""

    completeness = serializers.SerializerMethodField()
    details = serializers.SerializerMethodField()

    class Meta:
        model = Figure
        fields = [
            "scope",
            "scope_id",
            "metric",
            "month",
            "value",
            "n",
            "missing",
            "completeness",
            "details",
            "version",
        ]

    @extend_schema_field(WeightSerializer)
    def get_completeness(self, figure: Figure) -> Any:
        """How complete the data behind it is, and what is open."""
        weight: Any = self.context["weights"][figure.scope, figure.scope_id, figure.month]
        return WeightSerializer(weight, context=self.context).data

    @extend_schema_field(serializers.DictField())
    def get_details(self, figure: Figure) -> dict[str, Any]:
        """Without the people and repositories behind it, some of which may not be shown."""
        return {key: value for key, value in figure.details.items() if key not in UNTOLD}


class FigureFilter(django_filters.FilterSet):
    """Figures by scope, metric and month."""

    metric = django_filters.MultipleChoiceFilter(choices=[(key, key) for key in METRICS])
    scope = django_filters.ChoiceFilter(choices=STORED)
    project = django_filters.CharFilter(method="of_project", label="Slug")
    repository = django_filters.NumberFilter(
        method="of_repository", min_value=1, max_value=2**63 - 1, decimal_places=0, label="Id"
    )
    organization = django_filters.CharFilter(method="of_organization", label="Slug")
    person = django_filters.CharFilter(method="of_person", label="Handle")
    locals()["from"] = django_filters.DateFilter(field_name="month", lookup_expr="gte")
    to = django_filters.DateFilter(field_name="month", lookup_expr="lt")

    def filter_queryset(self, queryset: QuerySet[Figure]) -> QuerySet[Figure]:
        """Without anybody's own figures unless somebody is named; an empty name is none."""
        figures: QuerySet[Figure] = super().filter_queryset(queryset)
        named = bool(self.form.cleaned_data["person"])
        return figures if named else figures.exclude(scope=Figure.Scope.PERSON)

    def of_project(self, figures: Any, _name: str, slug: str) -> Any:
        found = Project.objects.filter(slug=slug).values_list("pk")
        return figures.filter(scope=Figure.Scope.PROJECT, scope_id__in=found)

    def of_repository(self, figures: Any, _name: str, number: Any) -> Any:
        return figures.filter(scope=Figure.Scope.REPOSITORY, scope_id=int(number))

    def of_organization(self, figures: Any, _name: str, slug: str) -> Any:
        found = Organization.objects.filter(slug=slug).values_list("pk")
        return figures.filter(scope=Figure.Scope.ORGANIZATION, scope_id__in=found)

    def of_person(self, figures: Any, _name: str, handle: str) -> Any:
        person = Person.objects.present().filter(handle__iexact=handle).first()
        if person is None or not may_see(self.request.user, person, "activity"):
            return figures.none()
        return figures.filter(scope=Figure.Scope.PERSON, scope_id=person.pk)


class MetricViewSet(viewsets.ViewSet):
    """The definitions."""

    @extend_schema(responses=MetricSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Every metric, in words."""
        metrics: Any = list(METRICS.values())
        return Response(MetricSerializer(metrics, many=True).data)


class FigureViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Figure]):
    """Finished monthly figures, the newest first; a person's only when asked for by name."""

    serializer_class = FigureSerializer
    filterset_class = FigureFilter
    queryset = Figure.objects.filter(metric__in=METRICS).order_by(
        "-month", "scope", "scope_id", "metric"
    )

    def list(self, request: Request, *_: Any, **__: Any) -> Response:
        """A page of them, each with how complete it is."""
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        hidden = Repository.objects.all().hidden_from(self.request.user)
        context = {
            **self.get_serializer_context(),
            "weights": weights_of(page, timezone.now()),
            "hidden": set(hidden.values_list("pk", flat=True)),
        }
        return self.get_paginated_response(FigureSerializer(page, many=True, context=context).data)
