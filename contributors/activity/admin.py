"""The ledger in the back office: to look at, never to write, since rows follow their sources."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from contributors.activity.models import Completeness, Contribution, WorkItem


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows and changes nothing."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Contribution)
class ContributionAdmin(ReadOnly):
    list_display = ["occurred_at", "kind", "identity", "repository", "title"]
    list_filter = ["kind", "source"]
    list_select_related = ["identity", "repository"]
    search_fields = ["=external_id"]


@admin.register(WorkItem)
class WorkItemAdmin(ReadOnly):
    list_display = ["opened_at", "kind", "number", "title", "state", "repository"]
    list_filter = ["kind", "state"]
    list_select_related = ["repository"]
    search_fields = ["=external_id", "=number"]


@admin.register(Completeness)
class CompletenessAdmin(ReadOnly):
    list_display = ["day", "repository", "received", "expected", "reason"]
    list_select_related = ["repository"]
