from django.urls import path

from community.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.job_list, name="list"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/run-again/", views.again, name="run_again"),
    path("<int:pk>/drop/", views.drop, name="drop"),
]
