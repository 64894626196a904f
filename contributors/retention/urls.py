from django.urls import URLPattern, path

from contributors.retention import views

app_name = "retention"
urlpatterns: list[URLPattern] = [
    path("at-risk/", views.people, name="people"),
    path("at-risk/<handle:handle>/", views.person, name="person"),
    path("projects/<slug:slug>/at-risk/", views.people, name="project"),
    path("projects/<slug:slug>/at-risk/<handle:handle>/", views.person, name="project_person"),
]
