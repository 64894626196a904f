"""The back office shows the log and cannot change it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from community.audit.models import Event


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows to look at in the back office; whoever keeps them writes them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["number", "happened_at", "verb", "subject", "actor"]
    list_select_related = ["actor"]
    search_fields = ["verb", "subject"]
