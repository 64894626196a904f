from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter

from community.people import (
    account_views,
    leave_views,
    maintainer_views,
    merge_views,
    organization_views,
    views,
)


class Handle(StringConverter):
    """A handle or what could be an earlier login; no control signs, which end headers early."""

    regex = r"[^/\x00-\x1f\x7f]+"


register_converter(Handle, "handle")
app_name = "people"
urlpatterns: list[URLPattern] = [
    path("people/", views.people, name="list"),
    path("people/merges/", merge_views.merges, name="merges"),
    path("people/merges/new/", merge_views.merge, name="merge"),
    path("people/merges/apart/", merge_views.distinction, name="distinction"),
    path("people/merges/<int:pk>/undo/", merge_views.undo, name="undo_merge"),
    path("people/bots/", maintainer_views.bots, name="bots"),
    path("people/bots/<int:pk>/remove/", maintainer_views.bot_removal, name="remove_bot"),
    path("organizations/", organization_views.organizations, name="organizations"),
    path("organizations/new/", organization_views.edit, name="create_organization"),
    path("organizations/<slug:slug>/", organization_views.organization, name="organization"),
    path("organizations/<slug:slug>/edit/", organization_views.edit, name="edit_organization"),
    path("welcome/<str:secret>/", account_views.welcome, name="welcome"),
    path("settings/", account_views.edit, name="edit"),
    path("settings/affiliations/", account_views.affiliations, name="affiliations"),
    path("settings/affiliations/<int:pk>/", account_views.affiliation, name="affiliation"),
    path(
        "settings/affiliations/<int:pk>/remove/",
        account_views.affiliation_removal,
        name="remove_affiliation",
    ),
    path("settings/leave/", leave_views.leaves, name="leaves"),
    path("settings/leave/<int:pk>/remove/", leave_views.removal, name="remove_leave"),
    path("settings/data/", account_views.own_data, name="own_data"),
    path("settings/export/", account_views.export, name="export"),
    path("settings/erase/", account_views.erase, name="erase"),
    path("@<handle:handle>/avatar/", views.avatar, name="avatar"),
    path("@<handle:handle>/split/", merge_views.split, name="split"),
    path("@<handle:handle>/suspend/", maintainer_views.suspend, name="suspend"),
    path("@<handle:handle>/let-in/", maintainer_views.lift, name="lift_suspension"),
    path("@<handle:handle>/link/", maintainer_views.link, name="link"),
    path("@<handle:handle>/leave/", leave_views.record, name="record_leave"),
    path("@<handle:handle>/bot/", maintainer_views.bot_flag, name="flag_bot"),
    path("@<handle:handle>/", views.profile, name="profile"),
]
