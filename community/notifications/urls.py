from django.urls import URLPattern, path, re_path

from community.notifications import views

app_name = "notifications"
urlpatterns: list[URLPattern] = [
    path("", views.notice_list, name="list"),
    path("read/", views.read_all, name="read_all"),
    path("preferences/", views.preferences, name="preferences"),
    path("<int:pk>/", views.open_notice, name="open"),
    re_path(r"^stop/(?P<token>[-a-zA-Z0-9_:.]+)/$", views.stop, name="unsubscribe"),
]
