from django.urls import URLPattern, path

from contributors.attention import views

app_name = "attention"
urlpatterns: list[URLPattern] = [
    path("reviews/", views.reviews, name="reviews"),
    path("projects/<slug:slug>/reviews/", views.reviews, name="project_reviews"),
    path("newcomers/", views.newcomers, name="newcomers"),
    path("projects/<slug:slug>/newcomers/", views.newcomers, name="project_newcomers"),
]
