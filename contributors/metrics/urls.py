from django.urls import URLPattern, path, re_path
from django.views.decorators.http import require_safe

from contributors.metrics import views
from contributors.metrics.feeds import LatestFeed

app_name = "metrics"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("projects/<slug:slug>/activity/", views.project, name="project"),
    path("latest.atom", require_safe(LatestFeed()), name="feed"),
    re_path(
        r"^series/(?P<scope>[^/\x00-\x1f]+)/(?P<chart>[a-z-]+)\.(?P<form>csv|json)$",
        views.series,
        name="series",
    ),
]
