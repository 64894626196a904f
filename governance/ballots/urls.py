from django.urls import URLPattern, path

from governance.ballots import election_views, officer_views, paper_views, views

app_name = "ballots"
urlpatterns: list[URLPattern] = [
    path("tally/", views.tally, name="tally"),
    path("elections/", election_views.election_list, name="list"),
    path("elections/new/", officer_views.create, name="create"),
    path("elections/<slug:slug>/", election_views.detail, name="detail"),
    path("elections/<slug:slug>/vote/", paper_views.vote, name="vote"),
    path("elections/<slug:slug>/receipt/", election_views.receipt, name="receipt"),
    path("elections/<slug:slug>/manifest.json", election_views.manifest, name="manifest"),
    path("elections/<slug:slug>/envelopes.txt", election_views.envelopes, name="envelopes"),
    path("elections/<slug:slug>/folder.zip", election_views.folder, name="folder"),
    path("elections/<slug:slug>/files/<str:name>", election_views.file, name="file"),
    path("elections/<slug:slug>/edit/", officer_views.change, name="change"),
    path("elections/<slug:slug>/announce/", officer_views.freeze, name="freeze"),
    path("elections/<slug:slug>/cancel/", officer_views.cancel, name="cancel"),
    path("elections/<slug:slug>/lot/", officer_views.lot, name="lot"),
    path("elections/<slug:slug>/tie/", officer_views.tie, name="tie"),
    path("elections/<slug:slug>/publish/", officer_views.publish, name="publish"),
]
