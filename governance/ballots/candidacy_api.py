"""Those who stand in an election, in the API; writes are the page's own actions."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import permissions, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from community.people.profiles import find_person
from community.tokens.authentication import caller
from governance.ballots.candidacies import (
    STATUSES,
    Card,
    candidacies_shown_to,
    candidacy_called,
    cards_of,
    elections_shown_to,
    endorsers_of,
    part_of,
)
from governance.ballots.candidacy_rules import LONGEST_STATEMENT, Part
from governance.ballots.models import Candidacy, Election
from governance.ballots.nominating import (
    accept_nomination,
    decline_nomination,
    endorse,
    nominate,
    take_back_endorsement,
    withdraw,
    write_statement,
)

ELECTION = OpenApiParameter("election", OpenApiTypes.STR, "path", description="Slug")
HANDLE = OpenApiParameter("handle", OpenApiTypes.STR, "path", description="Of the candidate")


class SupportSerializer(serializers.Serializer[Any]):
    """Voters who endorse somebody and the employers they come from, beside what it takes."""

    voters = serializers.IntegerField()
    voters_needed = serializers.IntegerField()
    employers = serializers.IntegerField()
    employers_needed = serializers.IntegerField()
    is_enough = serializers.BooleanField()


class CandidateSerializer(serializers.Serializer[Card]):
    """Somebody who stands or was asked to; `employer` is that of the day, or of the freeze."""

    handle = serializers.CharField(source="candidacy.person.handle")
    name = serializers.CharField(source="candidacy.person.name")
    url = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=sorted(STATUSES), source="status.code")
    is_standing = serializers.BooleanField()
    employer = serializers.CharField()
    statement = serializers.CharField(help_text="Markdown.")
    support = SupportSerializer()
    nominated_by = serializers.CharField(
        source="candidacy.nominated_by.handle", default=None, allow_null=True
    )
    nominated_at = serializers.DateTimeField(source="candidacy.nominated_at")
    answered_at = serializers.DateTimeField(source="candidacy.answered_at", allow_null=True)
    withdrawn_at = serializers.DateTimeField(source="candidacy.withdrawn_at", allow_null=True)

    def get_url(self, card: Card) -> str:
        """The page."""
        return str(self.context["request"].build_absolute_uri(card.candidacy.get_absolute_url()))


class EndorserSerializer(serializers.Serializer[Any]):
    """A voter who endorses somebody; the employer is empty where they do not show it."""

    handle = serializers.CharField()
    employer = serializers.CharField()
    endorsed_at = serializers.DateTimeField()


class CandidateInFullSerializer(CandidateSerializer):
    """The same with everybody who endorses them, the first first."""

    endorsers = EndorserSerializer(many=True)


class NomineeInput(serializers.Serializer[Any]):
    """Whom to nominate."""

    handle = serializers.CharField(max_length=40)


class StatementInput(serializers.Serializer[Any]):
    """Why one stands, in Markdown; empty to take it away."""

    statement = serializers.CharField(max_length=LONGEST_STATEMENT, allow_blank=True)


@extend_schema(parameters=[ELECTION])
class CandidateViewSet(viewsets.GenericViewSet[Any]):
    """Those who stand in an election."""

    serializer_class = CandidateSerializer
    queryset = Candidacy.objects.none()  # what the description takes it for
    lookup_field = "handle"
    lookup_value_regex = r"[A-Za-z0-9_.\-]{1,39}"
    pagination_class = None
    filter_backends = ()

    def get_permissions(self) -> Any:
        found = super().get_permissions()
        is_read = self.request.method in permissions.SAFE_METHODS
        return found if is_read else [*found, permissions.IsAuthenticated()]

    @extend_schema(responses=CandidateSerializer(many=True))
    def list(self, request: Request, election: str) -> Response:
        """All of them by handle, which says nothing of the order on ballots."""
        of, part = self._election(request, election)
        shown = candidacies_shown_to(of, request.user, part)
        shown.sort(key=lambda one: one.person.handle.lower())
        cards = cards_of(of, shown, timezone.now().date())
        return Response(self._written(request, CandidateSerializer, cards, many=True))

    @extend_schema(request=NomineeInput, responses={201: CandidateInFullSerializer})
    def create(self, request: Request, election: str) -> Response:
        """Nominate somebody; who names themselves stands at once."""
        of, _part = self._election(request, election)
        said = NomineeInput(data=request.data)
        said.is_valid(raise_exception=True)
        person = find_person(said.validated_data["handle"].removeprefix("@"))
        if person is None or person.erased_at or person.is_bot:
            raise Http404
        made = nominate(election=of, person=person, by=caller(request), at=timezone.now())
        return Response(self._in_full(request, of, made), status=status.HTTP_201_CREATED)

    @extend_schema(parameters=[HANDLE], responses=CandidateInFullSerializer)
    def retrieve(self, request: Request, election: str, handle: str) -> Response:
        """One of them."""
        return Response(self._in_full(request, *self._found(request, election, handle)))

    @extend_schema(parameters=[HANDLE], request=None, responses=CandidateInFullSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, election: str, handle: str) -> Response:
        """Accept one's nomination."""
        return self._done(request, accept_nomination, election, handle)

    @extend_schema(parameters=[HANDLE], request=None, responses=CandidateInFullSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, election: str, handle: str) -> Response:
        """Decline one's nomination."""
        return self._done(request, decline_nomination, election, handle)

    @extend_schema(parameters=[HANDLE], request=None, responses=CandidateInFullSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, election: str, handle: str) -> Response:
        """Stand no more; an announced ballot stays as it is."""
        return self._done(request, withdraw, election, handle)

    @extend_schema(parameters=[HANDLE], request=StatementInput, responses=CandidateInFullSerializer)
    @action(detail=True, methods=["post"])
    def statement(self, request: Request, election: str, handle: str) -> Response:
        """Write one's statement."""
        of, candidacy = self._found(request, election, handle)
        said = StatementInput(data=request.data)
        said.is_valid(raise_exception=True)
        text, by = said.validated_data["statement"], caller(request)
        made = write_statement(candidacy=candidacy, text=text, by=by, at=timezone.now())
        return Response(self._in_full(request, of, made))

    @extend_schema(parameters=[HANDLE], request=None, responses=CandidateInFullSerializer)
    @action(detail=True, methods=["post"])
    def endorse(self, request: Request, election: str, handle: str) -> Response:
        """Endorse somebody in public, with one's employer of the day."""
        return self._done(request, endorse, election, handle)

    @extend_schema(parameters=[HANDLE], request=None, responses=CandidateInFullSerializer)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, election: str, handle: str) -> Response:
        """Take one's endorsement back."""
        return self._done(request, take_back_endorsement, election, handle)

    def _election(self, request: Request, slug: str) -> tuple[Election, Part]:
        viewer: Any = request.user
        found = get_object_or_404(elections_shown_to(viewer), slug=slug)
        return found, part_of(found, viewer)

    def _found(self, request: Request, slug: str, handle: str) -> tuple[Election, Candidacy]:
        election, part = self._election(request, slug)
        viewer: Any = request.user
        candidacy = candidacy_called(election, handle, viewer, part)
        if candidacy is None:
            raise Http404
        return election, candidacy

    def _done(self, request: Request, deed: Any, slug: str, handle: str) -> Response:
        election, candidacy = self._found(request, slug, handle)
        deed(candidacy=candidacy, by=caller(request), at=timezone.now())
        return Response(self._in_full(request, election, Candidacy.objects.get(pk=candidacy.pk)))

    def _in_full(self, request: Request, election: Election, candidacy: Candidacy) -> Any:
        candidacy.election = election
        (card,) = cards_of(election, [candidacy], timezone.now().date())
        viewer: Any = request.user
        rows = [
            {"handle": one.person.handle, "employer": employer, "endorsed_at": one.endorsed_at}
            for one, employer in endorsers_of(candidacy, viewer)
        ]
        shown = self._written(request, CandidateSerializer, card)
        return shown | {"endorsers": EndorserSerializer(rows, many=True).data}

    def _written(self, request: Request, serializer: Any, rows: Any, **options: Any) -> Any:
        return serializer(rows, context={"request": request}, **options).data
