"""The back office of projects; what it writes goes through the actions."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from community.projects.actions import change_project
from community.projects.models import Project, Repository


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Corrects what stands in one column; people and address are changed on the page."""

    list_display = ["name", "slug", "kind", "stage", "license", "created_at"]
    list_filter = ["kind", "stage"]
    search_fields = ["name", "slug"]
    readonly_fields = ["slug", "maintainers", "created_at", "links", "topics", "license"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: Any, obj: Project, form: Any, change: Any) -> None:
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        change_project(project=obj, actor=request.user, at=timezone.now(), **changes)


@admin.register(Repository)
class RepositoryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows repositories; connections keep them."""

    list_display = ["name", "project", "provider", "is_archived"]
    list_filter = ["provider", "is_archived"]
    search_fields = ["name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
