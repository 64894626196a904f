from django.urls import URLPattern, path, re_path

from contributors.digests import views

app_name = "digests"
urlpatterns: list[URLPattern] = [
    path("projects/<slug:slug>/digest/", views.latest, name="latest"),
    re_path(
        r"^projects/(?P<slug>[-a-zA-Z0-9_]+)/digest/(?P<name>[0-9]{4}-(?:W[0-9]{2}|[0-9]{2}))/$",
        views.edition,
        name="edition",
    ),
    path("projects/<slug:slug>/digest/by-mail/", views.choose, name="choose"),
    path("digests/", views.mine, name="mine"),
    path("digests/<int:pk>/end/", views.end, name="end"),
    re_path(r"^digests/stop/(?P<token>[-a-zA-Z0-9_:.]+)/$", views.stop, name="unsubscribe"),
]
