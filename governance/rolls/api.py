"""Electoral rolls in the API."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import permissions, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request as Asked
from rest_framework.response import Response

from community.people.models import Person
from community.people.profiles import find_person
from community.tokens.authentication import caller
from contributors.criteria.cards import written_verdict
from contributors.criteria.explaining import explain
from contributors.criteria.models import RuleVersion
from governance.rolls.asking import decide_request, make_request
from governance.rolls.leaves import written_list
from governance.rolls.models import Amendment, Decision, Request, Roll, Voter
from governance.rolls.queries import leaves_of, sees_names, wholeness_of
from governance.rolls.querysets import voter_of


class RollCriteriaSerializer(serializers.ModelSerializer[RuleVersion]):
    """The version of a rule that a roll is made by."""

    slug = serializers.CharField(source="rule.slug")
    version = serializers.IntegerField(source="number")

    class Meta:
        model = RuleVersion
        fields = ["slug", "version", "sha256"]


class RollSerializer(serializers.ModelSerializer[Roll]):
    """A roll; `size` and `sha256` are null and empty until it is published and sealed."""

    criteria = RollCriteriaSerializer()
    state = serializers.CharField()
    size = serializers.SerializerMethodField()

    class Meta:
        model = Roll
        fields = [
            *("slug", "title", "state", "criteria", "on", "size", "floor", "sha256"),
            *("requests_until", "published_at", "sealed_at"),
        ]

    def get_size(self, roll: Roll) -> int | None:
        """How many stand on it."""
        size: int = roll.size  # type: ignore[attr-defined]  # annotated
        return None if roll.is_draft else size


class AmendmentSerializer(serializers.ModelSerializer[Amendment]):
    """A change of a sealed roll: `document` is what was signed (Ed25519)."""

    kind = serializers.CharField()

    class Meta:
        model = Amendment
        fields = [
            *("number", "kind", "leaf", "before", "after", "reason", "at"),
            *("document", "signature", "signer"),
        ]


class RollInFullSerializer(RollSerializer):
    """The same with how complete the data was, requests by state, and amendments."""

    completeness = serializers.SerializerMethodField()
    lacking = serializers.SerializerMethodField()
    override = serializers.CharField()
    requests = serializers.SerializerMethodField()
    amendments = AmendmentSerializer(many=True)

    class Meta(RollSerializer.Meta):
        fields = [
            *RollSerializer.Meta.fields,
            *("completeness", "lacking", "override", "requests", "amendments"),
        ]

    def get_completeness(self, roll: Roll) -> float | None:
        """The share of the expected data that had arrived; null where nobody knows."""
        found: float | None = self._whole(roll).share
        return found

    def get_lacking(self, roll: Roll) -> str:
        """What lacks, in the reader's language."""
        return str(self._whole(roll).said)

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_requests(self, roll: Roll) -> dict[str, int]:
        """How many there were, by state."""
        return roll.requests.counts()

    def _whole(self, roll: Roll) -> Any:
        return wholeness_of(roll, self.context["request"].user, timezone.now())


class RollRowSerializer(serializers.ModelSerializer[Voter]):
    """The caller's own row with what its leaf is made of."""

    origin = serializers.CharField()

    class Meta:
        model = Voter
        fields = ["uid", "salt", "leaf", "origin"]


class RollStandingSerializer(serializers.Serializer[Any]):
    """Whether the caller stands on a roll, and whether and why they meet its criteria."""

    roll = serializers.CharField()
    on = serializers.DateField()
    stands = serializers.BooleanField()
    row = RollRowSerializer(allow_null=True)
    meets = serializers.BooleanField()
    clauses = serializers.JSONField()


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    """What one officer said."""

    verdict = serializers.CharField()

    class Meta:
        model = Decision
        fields = ["verdict", "reason", "at"]


class RollRequestSerializer(serializers.ModelSerializer[Request]):
    """A request; `person` and `by` are for officers, and `by` for whoever asked."""

    kind = serializers.CharField()
    state = serializers.CharField()
    person = serializers.CharField(source="person.handle")
    by = serializers.SerializerMethodField()
    decisions = DecisionSerializer(many=True)

    class Meta:
        model = Request
        fields = [
            *("id", "kind", "state", "person", "by", "reason", "evidence"),
            *("created_at", "decided_at", "decisions"),
        ]

    def get_by(self, asked: Request) -> str | None:
        """Whoever asked; null to the person concerned."""
        is_told = self.context["names"] or asked.by_id == self.context["request"].user.pk
        return asked.by.handle if is_told else None


class NewRequestSerializer(serializers.Serializer[Any]):
    """To be put on a roll oneself, or that the person with a handle be taken off it."""

    kind = serializers.ChoiceField(choices=Request.Kind.choices)
    person = serializers.CharField(max_length=255, required=False, help_text="For `exclude`.")
    reason = serializers.CharField(max_length=5_000)
    evidence = serializers.URLField(max_length=500, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["kind"] == Request.Kind.EXCLUDE:
            attrs["person"] = self._person(attrs.get("person", ""))
        return attrs

    def _person(self, handle: str) -> Person:
        found = find_person(handle) if handle else None
        if found is None or found.erased_at:
            raise serializers.ValidationError({"person": "Nobody has this handle."})
        return found


class NewDecisionSerializer(serializers.Serializer[Any]):
    """An officer's decision; everybody can read the reason."""

    verdict = serializers.ChoiceField(choices=Decision.Verdict.choices)
    reason = serializers.CharField(max_length=2_000)


class RollViewSet(viewsets.ReadOnlyModelViewSet[Roll]):
    """Electoral rolls: who may vote, by criteria, on a day."""

    serializer_class = RollSerializer
    queryset = Roll.objects.with_rule().with_size()
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    filter_backends = ()

    def get_permissions(self) -> Any:
        found = super().get_permissions()
        private = self.action in {"me", "requests", "ask", "decide"}
        return [*found, permissions.IsAuthenticated()] if private else found

    @extend_schema(responses=RollInFullSerializer)
    def retrieve(self, request: Asked, *args: Any, **kwargs: Any) -> Response:
        """One roll in full."""
        return Response(RollInFullSerializer(self.get_object(), context={"request": request}).data)

    @extend_schema(responses=RollStandingSerializer)
    @action(detail=True, methods=["get"])
    def me(self, request: Asked, slug: str) -> Response:
        """Whether the caller stands on it, and why; the row once it is published."""
        roll, person = self.get_object(), caller(request)
        row = None if roll.is_draft else voter_of(roll, person)
        verdict = written_verdict(explain(roll.criteria.document, person, roll.on))
        standing = {
            "roll": roll.slug,
            "on": roll.on,
            "stands": row is not None,
            "row": row,
            "meets": verdict["holds"],
            "clauses": verdict["clauses"],
        }
        return Response(RollStandingSerializer(standing).data)

    @extend_schema(responses={(200, "text/plain"): str})
    @action(detail=True, methods=["get"], url_path="list")
    def salted(self, request: Asked, slug: str) -> HttpResponse:
        """The list that names nobody, a leaf a line; its SHA-256 is the hash of the roll."""
        roll = self.get_object()
        if roll.is_draft:
            raise Http404
        return HttpResponse(written_list(leaves_of(roll)), content_type="text/plain; charset=utf-8")

    @extend_schema(responses=RollRequestSerializer(many=True), operation_id="rolls_requests")
    @action(detail=True, methods=["get"])
    def requests(self, request: Asked, slug: str) -> Response:
        """The caller's own requests; all of them to officers, observers and maintainers."""
        roll = self.get_object()
        names = sees_names(roll, caller(request))
        rows: QuerySet[Request] = roll.requests.in_full()
        rows = rows if names else rows.of_person(caller(request))  # type: ignore[attr-defined]
        context = {"request": request, "names": names}
        page = self.paginate_queryset(rows)  # type: ignore[arg-type]  # not of rolls
        data = RollRequestSerializer(page, context=context, many=True).data
        return self.get_paginated_response(data)

    @extend_schema(request=NewRequestSerializer, responses={201: RollRequestSerializer})
    @requests.mapping.post
    def ask(self, request: Asked, slug: str) -> Response:
        """Ask for a change while requests are taken."""
        data = NewRequestSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        facts = {"person": caller(request), **data.validated_data}
        if facts["kind"] == Request.Kind.INCLUDE:
            facts["person"] = caller(request)
        made = make_request(roll=self.get_object(), by=caller(request), at=timezone.now(), **facts)
        return self._written(made, names=False, status=201)

    @extend_schema(request=NewDecisionSerializer, responses=RollRequestSerializer)
    @action(detail=True, methods=["post"], url_path=r"requests/(?P<pk>[0-9]+)/decide")
    def decide(self, request: Asked, slug: str, pk: str) -> Response:
        """Decide as an officer; a second one who says the same settles it."""
        roll = self.get_object()
        if not sees_names(roll, caller(request)):
            self.permission_denied(request)
        asked = get_object_or_404(Request.objects.in_full(), roll=roll, pk=pk)
        data = NewDecisionSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        decide_request(
            request=asked, officer=caller(request), at=timezone.now(), **data.validated_data
        )
        return self._written(Request.objects.in_full().get(pk=pk), names=True)

    def _written(self, found: Request, *, names: bool, status: int = 200) -> Response:
        context = {"request": self.request, "names": names}
        return Response(RollRequestSerializer(found, context=context).data, status)
