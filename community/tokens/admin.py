"""The back office of tokens: who holds which, never the secret."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from community.tokens.models import ApiToken


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows tokens; only their owner makes and revokes them."""

    list_display = ["prefix", "person", "label", "scopes", "expires_at", "last_used_at"]
    exclude = ["secret_hash"]
    search_fields = ["prefix", "person__handle", "label"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
