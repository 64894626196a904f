"""Jobs over what GitHub sends us."""

from datetime import timedelta

from django.utils import timezone

from community.jobs.actions import enqueue
from community.jobs.registry import task
from integrations.connections.models import Delivery, Hook
from integrations.github.applying import close_stuck_deliveries, process_delivery
from integrations.github.hookrecord import compare_hook
from integrations.github.mapping import SOURCE


@task("github.process_delivery")
def process(delivery_id: int) -> None:
    """Apply one delivery."""
    delivery = Delivery.objects.filter(pk=delivery_id).first()
    if delivery is not None:
        process_delivery(delivery=delivery, at=timezone.now())


@task("github.close_stuck_deliveries", every=timedelta(minutes=10), is_chore=True)
def close_stuck() -> None:
    """Nobody tries any more what every try of a job failed at; a reading finds it."""
    close_stuck_deliveries(at=timezone.now())


@task("github.compare_hooks", every=timedelta(hours=1), is_chore=True)
def compare_all() -> None:
    """One job per hook, so that a bad one does not hold up the rest."""
    slot = f"{timezone.now():%Y-%m-%dT%H}"
    for pk in Hook.objects.filter(provider=SOURCE).values_list("pk", flat=True):
        enqueue("github.compare_hook", unique_key=f"hook:{pk}:{slot}", hook_id=pk)


@task("github.compare_hook", commits_itself=True, is_chore=True)
def compare(hook_id: int) -> None:
    """Hold GitHub's record of one hook against what arrived."""
    hook = Hook.objects.filter(pk=hook_id).first()
    if hook is not None:
        compare_hook(hook=hook, at=timezone.now())
