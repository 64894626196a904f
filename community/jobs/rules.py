"""What may be done with a job."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from community.jobs.models import Job
from community.lib.refusals import Refused


def why_not_run_again(job: Job, *, at: datetime) -> Refused | None:
    """A job that is running, done or about to run needs no push."""
    if job.state == Job.State.RUNNING:
        return Refused("job_running", _("This job is running."))
    if job.state == Job.State.DONE:
        return Refused("job_done", _("This job is done."))
    if job.state == Job.State.WAITING and job.run_at <= at:
        return Refused("job_due", _("This job runs as soon as a worker is free."))
    return None


def why_not_drop(job: Job) -> Refused | None:
    """What is over cannot be dropped; a worker that runs a dropped job commits nothing."""
    if job.state in {Job.State.DONE, Job.State.DROPPED}:
        return Refused("job_over", _("This job is over."))
    return None
