"""Criteria in the API."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import permissions, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from community.tokens.authentication import caller
from contributors.criteria.cards import written_verdict
from contributors.criteria.explaining import explain
from contributors.criteria.models import Rule, RuleVersion
from contributors.criteria.queries import gap_behind, reach_of


class RuleSerializer(serializers.ModelSerializer[Rule]):
    """A rule by name; `version` is the one in force."""

    version = serializers.IntegerField(source="latest_number")

    class Meta:
        model = Rule
        fields = ["slug", "title", "purpose", "version"]


class RuleVersionSerializer(serializers.ModelSerializer[RuleVersion]):
    """What a rule asked from `created_at` on; `sha256` is that of the canonical text."""

    document = serializers.JSONField()
    created_by = serializers.SlugRelatedField[Any](slug_field="handle", read_only=True)

    class Meta:
        model = RuleVersion
        fields = ["number", "document", "sha256", "reason", "created_by", "created_at"]


class RuleInFullSerializer(serializers.ModelSerializer[Rule]):
    """A rule with its versions, the newest first, and how many of all people meet it on a day."""

    versions = RuleVersionSerializer(many=True)
    on = serializers.SerializerMethodField()
    met = serializers.SerializerMethodField()
    people = serializers.SerializerMethodField()
    lacking = serializers.SerializerMethodField()

    class Meta:
        model = Rule
        fields = ["slug", "title", "purpose", "on", "met", "people", "lacking", "versions"]

    @extend_schema_field(OpenApiTypes.DATE)
    def get_on(self, rule: Rule) -> str:
        """The day for which it is asked: windows end before it."""
        return str(self.context["now"].date())

    def get_met(self, rule: Rule) -> int:
        """How many people meet the version in force."""
        return reach_of(rule.latest.document, self.context["now"].date()).met

    def get_people(self, rule: Rule) -> int:
        """How many people there are."""
        return reach_of(rule.latest.document, self.context["now"].date()).people

    @extend_schema_field(serializers.JSONField(allow_null=True))
    def get_lacking(self, rule: Rule) -> dict[str, Any] | None:
        """What keeps the longest window from being complete; null where nothing does."""
        now, viewer = self.context["now"], self.context["request"].user
        gap = gap_behind(rule.latest.document, now.date(), viewer, now)
        return None if gap is None else gap.as_json()


class ClauseMeasureSerializer(serializers.Serializer[Any]):
    """How much somebody has of what it takes."""

    what = serializers.CharField()
    have = serializers.IntegerField()
    needed = serializers.IntegerField()


class LeftOutSerializer(serializers.Serializer[Any]):
    """A contribution that a cap left out."""

    contribution = serializers.IntegerField()
    cap = serializers.CharField()


class ClauseSerializer(serializers.Serializer[Any]):
    """A clause that is no group, by its path in the document, with the contributions counted."""

    path = serializers.CharField()
    holds = serializers.BooleanField()
    measures = ClauseMeasureSerializer(many=True)
    counted = serializers.ListField(child=serializers.IntegerField())
    left_out = LeftOutSerializer(many=True)
    rows = serializers.ListField(child=serializers.CharField(), help_text="Pages of these rows.")


class StandingSerializer(serializers.Serializer[Any]):
    """Whether the caller meets a rule, clause by clause."""

    rule = serializers.CharField()
    version = serializers.IntegerField()
    sha256 = serializers.CharField()
    on = serializers.DateField()
    holds = serializers.BooleanField()
    clauses = ClauseSerializer(many=True)


class CriteriaViewSet(viewsets.ReadOnlyModelViewSet[Rule]):
    """Rules of who may vote, who earns a badge and what passes a gate."""

    serializer_class = RuleSerializer
    queryset = Rule.objects.with_latest()
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    filter_backends = ()

    def get_permissions(self) -> Any:
        found = super().get_permissions()
        return [*found, permissions.IsAuthenticated()] if self.action == "me" else found

    @extend_schema(responses=RuleInFullSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One rule in full."""
        context = {"request": request, "now": timezone.now()}
        return Response(RuleInFullSerializer(self._rule(), context=context).data)

    @extend_schema(responses=StandingSerializer)
    @action(detail=True, methods=["get"])
    def me(self, request: Request, slug: str) -> Response:
        """Whether the caller meets it today, and why."""
        rule, today = self._rule(), timezone.now().date()
        found = explain(rule.latest.document, caller(request), today)
        version = rule.latest
        head = {"rule": rule.slug, "version": version.number, "sha256": version.sha256}
        standing = {**head, "on": today, **written_verdict(found)}
        return Response(StandingSerializer(standing).data)

    def _rule(self) -> Rule:
        return get_object_or_404(Rule.objects.with_versions(), slug=self.kwargs["slug"])
