from django.urls import URLPattern, path

from community.people import organization_views, views

app_name = "people"
urlpatterns: list[URLPattern] = [
    path("people/", views.people, name="list"),
    path("organizations/", organization_views.organizations, name="organizations"),
    path("organizations/<slug:slug>/", organization_views.organization, name="organization"),
    path("@<str:handle>/avatar/", views.avatar, name="avatar"),
    path("@<str:handle>/", views.profile, name="profile"),
]
