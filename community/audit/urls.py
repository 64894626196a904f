from django.urls import path

from community.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.event_list, name="list"),
    path("verify/", views.verify_now, name="verify"),
    path("me/", views.mine, name="mine"),
]
