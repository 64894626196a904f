"""One's own subscriptions to digests in the API."""

from typing import Any

from django.utils import timezone
from rest_framework import mixins, permissions, serializers, viewsets

from contributors.digests.actions import end_subscription
from contributors.digests.editions import Length
from contributors.digests.models import Subscription


class SubscriptionSerializer(serializers.ModelSerializer[Subscription]):
    """A digest that comes by mail."""

    project = serializers.CharField(source="project.slug")
    length = serializers.ChoiceField(choices=Length.choices)

    class Meta:
        model = Subscription
        fields = ["id", "project", "length", "since"]


class SubscriptionViewSet(
    mixins.ListModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet[Subscription]
):
    """The digests that come to the caller by mail; they are asked for on the page."""

    serializer_class = SubscriptionSerializer
    lookup_value_regex = r"[0-9]{1,18}"
    queryset = Subscription.objects.none()  # what the description takes it for

    def get_permissions(self) -> Any:
        return [*super().get_permissions(), permissions.IsAuthenticated()]

    def get_queryset(self) -> Any:
        """Nobody else's."""
        person: Any = self.request.user
        return Subscription.objects.wanted_by(person)

    def perform_destroy(self, instance: Subscription) -> None:
        """End one of them."""
        end_subscription(subscription=instance, at=timezone.now())
