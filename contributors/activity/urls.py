from django.urls import URLPattern, path

from contributors.activity import views

app_name = "activity"
urlpatterns: list[URLPattern] = [
    path("", views.contributions, name="contributions"),
    path("work/", views.work_items, name="work_items"),
    path("waiting/", views.waiting, name="waiting"),
    path("completeness/", views.whole, name="whole"),
    path("completeness/<int:pk>/", views.completeness, name="completeness"),
]
