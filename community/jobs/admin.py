"""The back office of jobs shows; what steers a job is on its page."""

from django.contrib import admin

from community.audit.admin import ReadOnlyAdmin
from community.jobs.models import Job, WorkerBeat


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "state", "attempts", "run_at", "finished_at"]
    list_filter = ["state", "task"]


@admin.register(WorkerBeat)
class WorkerBeatAdmin(ReadOnlyAdmin):
    list_display = ["worker", "seen_at"]
