"""Told later: an action publishes a topic, each subscriber gets a job of its own."""

from collections import defaultdict
from typing import Any

from community.jobs.actions import enqueue

_subscribers: defaultdict[str, list[str]] = defaultdict(list)


def subscribe(topic: str, task_name: str) -> None:
    """Have a registered task run for each publication; called from `subscribers.py`."""
    if task_name not in _subscribers[topic]:
        _subscribers[topic].append(task_name)


def publish(topic: str, /, **facts: Any) -> None:
    """Write one job per subscriber into the caller's transaction.

    `facts` are ids and plain values; each becomes a keyword of the task.
    """
    for name in _subscribers[topic]:
        enqueue(name, **facts)
