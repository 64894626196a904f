"""The site's addresses with the page of parts, which is otherwise shown in DEBUG only."""

from django.urls import path

from community.lib.views import style
from config.urls import urlpatterns as site

urlpatterns = [*site, path("style/", style, name="style")]
handler500 = "django.views.defaults.server_error"
