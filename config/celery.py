"""Celery as executor: `celery -A config.celery worker` and `celery -A config.celery beat`.

Messages carry the id of a job and nothing else; the table decides whether it
runs. Losing the broker, or hearing a message twice, changes nothing.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("guildhall")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {
    "sweep": {"task": "jobs.sweep", "schedule": 10.0, "options": {"expires": 10}}
}


@app.task(name="jobs.run")
def run_job(job_id: int) -> None:
    """Claim and run one job."""
    from community.jobs.worker import run_by_id

    run_by_id(job_id)


@app.task(name="jobs.sweep")
def sweep() -> None:
    """Every ten seconds: find what no bell was heard for."""
    from community.jobs import worker

    worker.sweep()
