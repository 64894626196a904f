"""Elections in the API."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import permissions, serializers, viewsets
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from community.jobs.clock import database_now
from community.tokens.authentication import caller
from governance.ballots.casting import cast_ballot
from governance.ballots.models import Election
from governance.ballots.queries import Turnout, standing_of, turnouts


class ElectionOptionSerializer(serializers.Serializer[Any]):
    """Something that ballots choose from; `employer` is empty for none."""

    key = serializers.CharField()
    title = serializers.CharField()
    employer = serializers.CharField()


class ElectionSerializer(serializers.ModelSerializer[Election]):
    """An election; how many have voted is known while it goes on, how they voted is not."""

    roll = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    is_open = serializers.SerializerMethodField()
    cast = serializers.SerializerMethodField()
    electorate = serializers.SerializerMethodField()

    class Meta:
        model = Election
        fields = [
            *("slug", "title", "state", "mode", "roll", "opens_at", "closes_at", "time_zone"),
            *("is_open", "cast", "electorate", "manifest_sha256", "published_at"),
        ]

    def get_is_open(self, election: Election) -> bool:
        """Whether it takes ballots now."""
        return election.is_open(database_now())

    def get_cast(self, election: Election) -> int:
        """How many have voted."""
        return self._turnout(election).cast

    def get_electorate(self, election: Election) -> int:
        """How many may vote."""
        return self._turnout(election).electorate

    def _turnout(self, election: Election) -> Turnout:
        known: Mapping[int, Turnout] = self.context["turnouts"]
        return known[election.pk]


class ElectionInFullSerializer(ElectionSerializer):
    """An election with its rules, options and, once published, its result."""

    rules = serializers.JSONField()
    options = ElectionOptionSerializer(many=True)
    result = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()

    class Meta(ElectionSerializer.Meta):
        fields = [
            *ElectionSerializer.Meta.fields,
            *("text", "rules", "options", "challenge_hours", "publication", "lists_voters"),
            *("gives_receipts", "lot_source", "result", "files"),
        ]

    @extend_schema_field(serializers.JSONField(allow_null=True))
    def get_result(self, election: Election) -> dict[str, Any] | None:
        """The published result; null before."""
        found: dict[str, Any] | None = election.result if election.published_at else None
        return found

    def get_files(self, election: Election) -> list[str]:
        """The names of the published files, at `/elections/{slug}/files/{name}`."""
        return list(election.documents.values_list("name", flat=True))


class BallotSerializer(serializers.Serializer[Any]):
    """What somebody casts: a number for each option that the ballot mentions."""

    choice = serializers.DictField(child=serializers.IntegerField(), allow_empty=True)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2_000)


class BallotReceiptSerializer(serializers.Serializer[Any]):
    """Said this once; `receipt` finds the ballot after publication and is kept nowhere."""

    receipt = serializers.CharField(source="code")
    envelope = serializers.CharField(help_text="SHA-256 of the sealed envelope.")
    version = serializers.IntegerField()
    choice = serializers.DictField(child=serializers.IntegerField())


class ElectionStandingSerializer(serializers.Serializer[Any]):
    """How the caller stands; `version` is 0 where they have not voted."""

    is_on_roll = serializers.BooleanField()
    may_vote = serializers.BooleanField()
    version = serializers.IntegerField()
    envelope = serializers.CharField()


class ElectionViewSet(viewsets.ReadOnlyModelViewSet[Election]):
    """Elections and votes of the community."""

    serializer_class = ElectionSerializer
    queryset = Election.objects.announced()
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    filter_backends = ()

    def get_queryset(self) -> Any:
        """Drafts are for those who answer for them."""
        return Election.objects.visible_to(self.request.user).select_related("roll")

    def get_permissions(self) -> Any:
        found = super().get_permissions()
        is_own = self.action in {"ballot", "standing"}
        return [*found, permissions.IsAuthenticated()] if is_own else found

    def get_authenticators(self) -> Any:
        """Ballots are cast by people who are here, never by a token."""
        if self.request is not None and getattr(self, "action_map", {}).get("post") == "ballot":
            return [SessionAuthentication()]
        return super().get_authenticators()

    @extend_schema(responses=ElectionSerializer(many=True))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The latest first."""
        page = self.paginate_queryset(self.get_queryset()) or []
        context = {**self.get_serializer_context(), "turnouts": turnouts(page)}
        rows = ElectionSerializer(page, many=True, context=context).data
        return self.get_paginated_response(rows)

    @extend_schema(responses=ElectionInFullSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One election in full."""
        election = self.get_object()
        context = {**self.get_serializer_context(), "turnouts": turnouts([election])}
        return Response(ElectionInFullSerializer(election, context=context).data)

    @extend_schema(request=BallotSerializer, responses={201: BallotReceiptSerializer})
    @action(detail=True, methods=["post"])
    def ballot(self, request: Request, slug: str) -> Response:
        """Cast a ballot, in place of an earlier one; by a session alone."""
        election = self.get_object()
        asked = BallotSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        receipt = cast_ballot(
            election=election,
            person=caller(request),
            choice=asked.validated_data["choice"],
            reason=asked.validated_data.get("reason", ""),
            at=timezone.now(),
        )
        answer = Response(BallotReceiptSerializer(receipt).data, status=201)
        answer["Cache-Control"] = "no-store"
        return answer

    @extend_schema(responses=ElectionStandingSerializer)
    @action(detail=True, methods=["get"])
    def standing(self, request: Request, slug: str) -> Response:
        """Whether the caller may vote and has voted."""
        found = standing_of(self.get_object(), caller(request))
        return Response(ElectionStandingSerializer(found).data)
