from django.urls import URLPattern, path, re_path
from django.views.decorators.http import require_safe

from contributors.metrics import (
    embed_views,
    explore_views,
    health_views,
    label_views,
    notable_views,
    returning_views,
    views,
)
from contributors.metrics.feeds import LatestFeed, NotableFeed

app_name = "metrics"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("projects/<slug:slug>/activity/", views.project, name="project"),
    path("projects/<slug:slug>/health/", health_views.health, name="health"),
    path("latest.atom", require_safe(LatestFeed()), name="feed"),
    re_path(
        r"^series/(?P<scope>[^\x00-\x1f]+)/(?P<chart>[a-z-]+)\.(?P<form>csv|json)$",
        views.series,
        name="series",
    ),
    path("explore/", explore_views.explore, name="explore"),
    re_path(r"^explore\.(?P<form>csv|json)$", explore_views.explore_data, name="explore_data"),
    re_path(
        r"^explore-long\.(?P<form>csv|jsonl|schema\.json)$",
        explore_views.explore_long,
        name="explore_long",
    ),
    path("cohorts/", returning_views.cohorts, name="cohorts"),
    re_path(r"^cohorts\.(?P<form>csv|json)$", returning_views.cohorts_data, name="cohorts_data"),
    path("labels/", label_views.labels, name="labels"),
    re_path(r"^labels/(?P<name>[^\x00-\x1f]+)/$", label_views.label, name="label"),
    path("compare/", explore_views.compare, name="compare"),
    re_path(
        r"^embed/(?P<form>badge|chart)/(?P<scope>[^\x00-\x1f]+)/(?P<metric>[a-z_]+)\.svg$",
        embed_views.image,
        name="embed_image",
    ),
    re_path(
        r"^embed/card/(?P<scope>[^\x00-\x1f]+)/(?P<metric>[a-z_]+)/$",
        embed_views.card,
        name="embed_card",
    ),
    path("notable/", notable_views.notable, name="changes"),
    path("projects/<slug:slug>/notable/", notable_views.notable, name="project_changes"),
    path("notable.atom", require_safe(NotableFeed()), name="notable"),
    path("projects/<slug:slug>/notable.atom", require_safe(NotableFeed()), name="project_notable"),
]
