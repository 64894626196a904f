from django.urls import URLPattern, path

from governance.rolls import amendment_views, officer_views, request_views, views

app_name = "rolls"
INCLUDE, EXCLUDE = {"kind": "include"}, {"kind": "exclude"}
urlpatterns: list[URLPattern] = [
    path("rolls/", views.roll_list, name="list"),
    path("rolls/new/", views.create, name="create"),
    path("rolls/<slug:slug>/", views.detail, name="detail"),
    path("rolls/<slug:slug>/roll.txt", views.salted_list, name="salted"),
    path("rolls/<slug:slug>/me/", views.me, name="me"),
    path("rolls/<slug:slug>/compute/", officer_views.compute, name="compute"),
    path("rolls/<slug:slug>/publish/", officer_views.publish, name="publish"),
    path("rolls/<slug:slug>/seal/", officer_views.seal, name="seal"),
    path("rolls/<slug:slug>/voters/", officer_views.voters, name="voters"),
    path("rolls/<slug:slug>/voters.csv", officer_views.voters_csv, name="voters_csv"),
    path("rolls/<slug:slug>/officers/", officer_views.officers, name="officers"),
    path("rolls/<slug:slug>/officers/<int:pk>/", officer_views.dismissal, name="dismissal"),
    path("rolls/<slug:slug>/requests/", request_views.requests, name="requests"),
    path("rolls/<slug:slug>/requests/include/", request_views.ask, INCLUDE, name="include"),
    path("rolls/<slug:slug>/requests/exclude/", request_views.ask, EXCLUDE, name="exclude"),
    path("rolls/<slug:slug>/requests/<int:pk>/", request_views.request_page, name="request"),
    path(
        "rolls/<slug:slug>/requests/<int:pk>/withdraw/", request_views.withdrawal, name="withdraw"
    ),
    path("rolls/<slug:slug>/amend/", amendment_views.amend, name="amend"),
    path("rolls/<slug:slug>/amend/<int:pk>/", amendment_views.settle, name="settle"),
]
