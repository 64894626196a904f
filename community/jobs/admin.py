"""The back office of jobs shows; what steers a job is on its page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from community.jobs.models import Job, WorkerBeat


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "state", "attempts", "run_at", "finished_at"]
    list_filter = ["state", "task"]


@admin.register(WorkerBeat)
class WorkerBeatAdmin(ReadOnlyAdmin):
    list_display = ["worker", "seen_at"]
