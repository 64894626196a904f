"""The back office of people: rights are given here, everything else on the pages."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone

from community.audit.admin import ReadOnlyAdmin
from community.lib.refusals import Refused
from community.people.actions import set_rights
from community.people.models import (
    Affiliation,
    BotLogin,
    Identity,
    Merge,
    Organization,
    Person,
)

RIGHTS = ("is_active", "is_staff", "is_superuser")


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    """Who may sign in, maintain and administer; each change is written to the log."""

    list_display = ("handle", "name", "is_claimed", "is_bot", *RIGHTS, "joined_at")
    list_filter = (*RIGHTS, "is_bot")
    search_fields = ("handle", "name")
    ordering = ("handle",)
    fields = ("handle", "name", *RIGHTS, "joined_at", "claimed_at", "last_login", "merged_into")
    readonly_fields = tuple(name for name in fields if name not in RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def save_model(self, request: Any, obj: Person, form: Any, change: Any) -> None:
        rights = {name: form.cleaned_data[name] for name in RIGHTS}
        try:
            set_rights(person=obj, rights=rights, by=request.user, at=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal.reason))


@admin.register(Identity)
class IdentityAdmin(ReadOnlyAdmin):
    """What sources know of people."""

    list_display = ("provider", "login", "person", "is_bot", "verified_at")
    list_filter = ("provider", "is_bot")
    list_select_related = ("person",)
    search_fields = ("login", "uid")
    exclude = ("email_hash",)


@admin.register(Organization)
class OrganizationAdmin(ReadOnlyAdmin):
    """Employers and the like."""

    list_display = ("name", "slug", "kind", "website")
    list_filter = ("kind",)
    search_fields = ("name",)


@admin.register(Affiliation)
class AffiliationAdmin(ReadOnlyAdmin):
    """Who worked for whom, and when."""

    list_display = ("person", "organization", "starts_on", "ends_on", "source")
    list_filter = ("source",)
    list_select_related = ("person", "organization")
    search_fields = ("person__handle", "organization__name")


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    """What was merged, and undone."""

    list_display = ("kept", "absorbed", "merged_by", "merged_at", "undone_at")
    list_select_related = ("kept", "absorbed", "merged_by")


@admin.register(BotLogin)
class BotLoginAdmin(ReadOnlyAdmin):
    """Logins that count as bots."""

    list_display = ("login", "note")
    search_fields = ("login",)
