from django.urls import URLPattern, path, re_path
from django.views.decorators.http import require_safe

from contributors.metrics import embed_views, explore_views, views
from contributors.metrics.feeds import LatestFeed, NotableFeed

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
    path("explore/", explore_views.explore, name="explore"),
    re_path(r"^explore\.(?P<form>csv|json)$", explore_views.explore_data, name="explore_data"),
    path("compare/", explore_views.compare, name="compare"),
    re_path(
        r"^embed/(?P<form>badge|chart)/(?P<scope>[^/\x00-\x1f]+)/(?P<metric>[a-z_]+)\.svg$",
        embed_views.image,
        name="embed_image",
    ),
    re_path(
        r"^embed/card/(?P<scope>[^/\x00-\x1f]+)/(?P<metric>[a-z_]+)/$",
        embed_views.card,
        name="embed_card",
    ),
    path("notable.atom", require_safe(NotableFeed()), name="notable"),
    path("projects/<slug:slug>/notable.atom", require_safe(NotableFeed()), name="project_notable"),
]
