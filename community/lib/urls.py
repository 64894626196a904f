from django.urls import path
from django.views.generic import RedirectView

from community.lib import views

urlpatterns = [
    path("search/", views.search_page, name="search"),
    path("theme/", views.theme, name="theme"),
    path("robots.txt", views.robots, name="robots"),
    path("site.webmanifest", views.manifest, name="manifest"),
    path(".well-known/security.txt", views.security, name="security"),
    path("favicon.ico", RedirectView.as_view(url="/static/img/mark.svg"), name="favicon"),
]
