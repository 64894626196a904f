from django.urls import URLPattern, path, re_path

from contributors.metrics import views

app_name = "metrics"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("projects/<slug:slug>/activity/", views.project, name="project"),
    re_path(
        r"^series/(?P<scope>[^/]+)/(?P<chart>[a-z-]+)\.(?P<form>csv|json)$",
        views.series,
        name="series",
    ),
]
