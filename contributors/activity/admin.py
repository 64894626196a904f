"""The ledger in the back office: to look at, never to write, since rows follow their sources."""

from django.contrib import admin

from community.audit.admin import ReadOnlyAdmin
from contributors.activity.models import Completeness, Contribution, WorkItem


class ReadOnly(ReadOnlyAdmin):
    """Counts no rows it does not show: the ledger is long."""

    show_full_result_count = False


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
