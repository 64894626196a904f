"""Counting ballots that a program sends."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.ballots.files import count_file, fraction
from governance.ballots.tally.profile import METHODS, Overvotes, Strength, Unranked, choices
from governance.ballots.tally.unusable import Unusable
from governance.ballots.words import why_unusable


class TallySerializer(serializers.Serializer[Any]):
    """Ballots in one of the formats that files may have, and the rules to count them by."""

    ballots = serializers.CharField(max_length=500_000, trim_whitespace=False)
    method = serializers.ChoiceField(choices=METHODS)
    seats = serializers.IntegerField(min_value=1, max_value=1_000, required=False)
    unranked = serializers.ChoiceField(choices=choices(Unranked), required=False)
    strength = serializers.ChoiceField(choices=choices(Strength), required=False)
    overvotes = serializers.ChoiceField(choices=choices(Overvotes), required=False)
    default = serializers.CharField(max_length=200, required=False)
    quorum = serializers.CharField(max_length=20, required=False, help_text="46, 46.5 or 140/3")
    seed = serializers.CharField(max_length=200, required=False, help_text="Of the lot.")

    def validate_quorum(self, said: str) -> Any:
        try:
            return fraction(said)
        except ValueError:
            wanted = _("Write a number, such as 46, 46.5 or 140/3.")
            raise serializers.ValidationError(wanted) from None


class TallyView(APIView):
    """Counts ballots and keeps nothing of them."""

    permission_classes = [AllowAny]

    @extend_schema(request=TallySerializer, responses=OpenApiTypes.OBJECT, operation_id="tally")
    def post(self, request: Request) -> Response:
        """The result with its order, ties, matrix or rounds, and the seats under other rules."""
        asked = TallySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        rules = dict(asked.validated_data)
        try:
            counted = count_file(rules.pop("ballots").encode(), rules.pop("method"), rules)
        except Unusable as refusal:
            raise serializers.ValidationError(
                {"ballots": [why_unusable(refusal)]}, code=refusal.code
            ) from None
        return Response(counted.document())
