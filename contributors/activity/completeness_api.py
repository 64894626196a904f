"""Completeness in the API: each repository and each of its days, and why something lacks."""

from typing import Any

import django_filters
from django.db.models import F, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.response import Response

from community.projects.models import Repository
from contributors.activity.models import Completeness
from contributors.activity.overview import PartLine, part_lines
from contributors.activity.standing import OpenReason, Weight, weigh_each


class ReasonSerializer(serializers.Serializer[OpenReason]):
    """Why something may lack whose number nobody knows; `code` is for programs."""

    code = serializers.CharField()
    sentence = serializers.CharField(source="said", help_text="In the reader's language.")
    since = serializers.DateField(allow_null=True, help_text="First day concerned; null: any.")
    next_at = serializers.DateTimeField(allow_null=True, help_text="The next try.")


class KindSerializer(serializers.Serializer[PartLine]):
    """What one kind should have given on a day and gave, and how that is known."""

    kind = serializers.CharField()
    expected = serializers.IntegerField()
    received = serializers.IntegerField()
    how = serializers.CharField(help_text="How the expected number is known.")
    lacking = serializers.ListField(child=serializers.IntegerField())


class RepositoryWeightSerializer(serializers.ModelSerializer[Repository]):
    """One repository: what was expected, what came, and what is open."""

    repository = serializers.CharField(source="name")
    repository_id = serializers.IntegerField(source="pk")
    project = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    share = serializers.SerializerMethodField(
        help_text="Rounded down; 1 only where nothing lacks and nothing is open; null: not known."
    )
    expected = serializers.SerializerMethodField()
    received = serializers.SerializerMethodField()
    is_complete = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()

    class Meta:
        model = Repository
        fields = [
            "repository",
            "repository_id",
            "project",
            "share",
            "expected",
            "received",
            "is_complete",
            "reasons",
        ]

    def weight(self, repository: Repository) -> Weight:
        found: Weight = self.context["weights"][repository.pk]
        return found

    def get_share(self, repository: Repository) -> float | None:
        return self.weight(repository).share

    def get_expected(self, repository: Repository) -> int:
        return self.weight(repository).expected

    def get_received(self, repository: Repository) -> int:
        return self.weight(repository).received

    def get_is_complete(self, repository: Repository) -> bool:
        return self.weight(repository).is_complete

    @extend_schema_field(ReasonSerializer(many=True))
    def get_reasons(self, repository: Repository) -> Any:
        reasons: Any = self.weight(repository).reasons
        return ReasonSerializer(reasons, many=True).data


class DaySerializer(serializers.ModelSerializer[Completeness]):
    """One repository and UTC day, kind by kind."""

    repository = serializers.CharField(source="repository.name")
    reason = serializers.CharField(help_text="In the reader's language; empty: nothing lacks.")
    kinds = serializers.SerializerMethodField()

    class Meta:
        model = Completeness
        fields = [
            "repository",
            "repository_id",
            "day",
            "expected",
            "received",
            "reason",
            "kinds",
            "checked_at",
        ]

    @extend_schema_field(KindSerializer(many=True))
    def get_kinds(self, row: Completeness) -> Any:
        hows = {kind: part[2] for kind, part in row.parts.items()}
        lines: Any = part_lines(row)
        return [{**one, "how": hows[one["kind"]]} for one in KindSerializer(lines, many=True).data]


class RepositoryWeightFilter(django_filters.FilterSet):
    """Repositories by project and number."""

    project = django_filters.CharFilter(field_name="project__slug", label="Slug")
    repository = django_filters.NumberFilter(
        field_name="pk", min_value=1, max_value=2**63 - 1, decimal_places=0, label="Id"
    )


class DayFilter(django_filters.FilterSet):
    """Days by place and period; `short` leaves those that lack something."""

    project = django_filters.CharFilter(field_name="repository__project__slug", label="Slug")
    repository = django_filters.NumberFilter(
        field_name="repository_id", min_value=1, max_value=2**63 - 1, decimal_places=0, label="Id"
    )
    short = django_filters.BooleanFilter(method="lacking", label="Lacking something")
    locals()["from"] = django_filters.DateFilter(field_name="day", lookup_expr="gte")
    to = django_filters.DateFilter(field_name="day", lookup_expr="lt")

    def lacking(self, rows: Any, _name: str, wanted: Any) -> Any:
        return rows.lacking() if wanted else rows.filter(received__gte=F("expected"))


class RepositoryWeightViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Repository]):
    """How complete each repository is."""

    serializer_class = RepositoryWeightSerializer
    filterset_class = RepositoryWeightFilter
    queryset = Repository.objects.select_related("project").order_by("name", "pk")

    def get_queryset(self) -> QuerySet[Repository]:
        return self.queryset.shown_to(self.request.user)

    def list(self, *_: Any, **__: Any) -> Response:
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        weights = weigh_each([one.pk for one in page], timezone.now())
        context = {**self.get_serializer_context(), "weights": weights}
        return self.get_paginated_response(
            RepositoryWeightSerializer(page, many=True, context=context).data
        )


class DayViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Completeness]):
    """What each repository should have given on each day and gave, the newest first."""

    serializer_class = DaySerializer
    filterset_class = DayFilter
    queryset = Completeness.objects.select_related("repository").order_by("-day", "repository")

    def get_queryset(self) -> QuerySet[Completeness]:
        hidden = Repository.objects.all().hidden_from(self.request.user)
        return self.queryset.exclude(repository__in=hidden)
