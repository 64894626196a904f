"""Jobs over what GitHub sends us."""

from django.utils import timezone

from community.jobs.registry import task
from integrations.connections.models import Delivery
from integrations.github.applying import process_delivery


@task("github.process_delivery")
def process(delivery_id: int) -> None:
    """Apply one delivery."""
    delivery = Delivery.objects.filter(pk=delivery_id).first()
    if delivery is not None:
        process_delivery(delivery=delivery, at=timezone.now())
