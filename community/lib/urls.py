from django.urls import path

from community.lib import views

urlpatterns = [path("theme/", views.theme, name="theme")]
