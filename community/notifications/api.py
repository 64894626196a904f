"""One's own notices in the API."""

from typing import Any

import django_filters
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, permissions, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from community.notifications.actions import choose_mail, mark_all_read, mark_read
from community.notifications.models import Notice, Preference
from community.notifications.topics import groups
from community.tokens.authentication import caller


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """Something the caller was told, in the language asked for; `url` is a path of this site."""

    sentence = serializers.CharField(read_only=True)

    class Meta:
        model = Notice
        fields = ["id", "topic", "sentence", "url", "created_at", "read_at"]


class MarkedSerializer(serializers.Serializer[Any]):
    """How many notices were unread."""

    marked = serializers.IntegerField()


class NoticeGroupSerializer(serializers.Serializer[Any]):
    """A group of topics, and whether it comes to the caller by mail."""

    group = serializers.CharField()
    title = serializers.CharField()
    topics = serializers.ListField(child=serializers.CharField())
    is_mailed = serializers.BooleanField()


class NoticeMailInput(serializers.Serializer[Any]):
    """The groups that shall come by mail; all others do not."""

    groups = serializers.ListField(child=serializers.CharField(max_length=40), max_length=50)

    def validate_groups(self, names: list[str]) -> list[str]:
        known = {group.name for group, _topics in groups()}
        if unknown := sorted(set(names) - known):
            raise serializers.ValidationError(_("No such group: %s.") % ", ".join(unknown))
        return names


class NoticeFilter(django_filters.FilterSet):
    """Notices that are unread, or are not."""

    unread = django_filters.BooleanFilter("read_at", lookup_expr="isnull")


class NoticeViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Notice]):
    """What the caller was told, the newest first."""

    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter
    lookup_value_regex = r"[0-9]{1,18}"
    queryset = Notice.objects.none()  # what the description takes it for

    def get_permissions(self) -> Any:
        return [*super().get_permissions(), permissions.IsAuthenticated()]

    def get_queryset(self) -> Any:
        """Nobody else's."""
        return Notice.objects.told_to(caller(self.request))

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        """Note that one was seen."""
        mark_read(notice=self.get_object(), at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema("notices_read_all", request=None, responses=MarkedSerializer)
    @action(detail=False, methods=["post"], url_path="read", url_name="read-all")
    def read_all(self, request: Request) -> Response:
        """Note that all were seen."""
        marked = mark_all_read(person=caller(request), at=timezone.now())
        return Response(MarkedSerializer({"marked": marked}).data)

    @extend_schema(responses=NoticeGroupSerializer(many=True), filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def preferences(self, request: Request) -> Response:
        """Which groups of topics come by mail."""
        return Response(NoticeGroupSerializer(written_groups(caller(request).pk), many=True).data)

    @extend_schema(
        request=NoticeMailInput, responses=NoticeGroupSerializer(many=True), filters=False
    )
    @preferences.mapping.post
    def choose(self, request: Request) -> Response:
        """Have exactly the groups that are named by mail."""
        data = NoticeMailInput(data=request.data)
        data.is_valid(raise_exception=True)
        chosen = data.validated_data["groups"]
        choose_mail(person=caller(request), groups_mailed=chosen, at=timezone.now())
        return Response(NoticeGroupSerializer(written_groups(caller(request).pk), many=True).data)


def written_groups(person_id: int) -> list[dict[str, Any]]:
    """Each group with its topics, as the API writes it."""
    mailed = Preference.objects.groups_mailed_to(person_id)
    return [
        {
            "group": group.name,
            "title": str(group.label),
            "topics": [topic.name for topic in topics],
            "is_mailed": group.name in mailed,
        }
        for group, topics in groups()
    ]
