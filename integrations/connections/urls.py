from django.urls import path, re_path

from integrations.connections import access, deliveryviews, views

app_name = "connections"
urlpatterns = [
    path("", views.sources, name="list"),
    path("new/", views.create, name="create"),
    path("access/<int:pk>/", access.access, name="access"),
    path("deliveries/", deliveryviews.deliveries, name="deliveries"),
    path("deliveries/<int:pk>/", deliveryviews.delivery, name="delivery"),
    path("deliveries/<int:pk>/again/", deliveryviews.again, name="again"),
    path("<int:pk>/hook-secret/", deliveryviews.renew_secret, name="hook_secret"),
    path("<int:pk>/", views.source, name="source"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/disconnect/", views.disconnect, name="disconnect"),
    re_path(r"^(?P<pk>[0-9]{1,18})/(?P<verb>sync|full|pause|resume)/$", views.act, name="act"),
]
