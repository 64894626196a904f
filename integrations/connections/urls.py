from django.urls import path, re_path

from integrations.connections import access, deliveryviews, views, wizard

app_name = "connections"
urlpatterns = [
    path("", views.sources, name="list"),
    path("new/", wizard.create, name="create"),
    path("new/git/", views.git, name="git"),
    path("new/app/", wizard.app, name="app"),
    path("new/app/made/", wizard.app_made, name="app_made"),
    path("access/<int:pk>/", access.access, name="access"),
    path("deliveries/", deliveryviews.deliveries, name="deliveries"),
    path("deliveries/<int:pk>/", deliveryviews.delivery, name="delivery"),
    path("deliveries/<int:pk>/again/", deliveryviews.again, name="again"),
    path("<int:pk>/hook-secret/", deliveryviews.renew_secret, name="hook_secret"),
    path("access/<int:pk>/repositories/", access.repositories, name="repositories"),
    path(
        "access/<int:pk>/hook-secret/", deliveryviews.renew_connection_secret, name="access_secret"
    ),
    path("access/<int:pk>/install/", wizard.install, name="install"),
    path("access/<int:pk>/pick/", wizard.pick, name="pick"),
    path("access/<int:pk>/estimate/", wizard.estimate, name="estimate"),
    path("access/<int:pk>/key/", access.add_key, name="add_key"),
    path("keys/<int:pk>/replace/", access.replace_key, name="replace_key"),
    path("keys/<int:pk>/remove/", access.remove_key, name="remove_key"),
    path("keys/<int:pk>/check/", access.check_key, name="check_key"),
    path("<int:pk>/", views.source, name="source"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/disconnect/", views.disconnect, name="disconnect"),
    re_path(r"^(?P<pk>[0-9]{1,18})/(?P<verb>sync|full|pause|resume)/$", views.act, name="act"),
]
