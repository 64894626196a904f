from django.urls import URLPattern, path

from contributors.metrics import views

app_name = "metrics"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
]
