"""The site's Celery app with the rig's tasks."""

from celery.signals import worker_init

from config.celery import app
from tests.community.jobs.rig import register_tasks

__all__ = ["app"]
worker_init.connect(lambda **_: register_tasks(), weak=False)
