from django.urls import URLPattern, path

from governance.ballots import candidacy_views as views

app_name = "candidates"
ONE = "<slug:slug>/candidates/<str:handle>/"
urlpatterns: list[URLPattern] = [
    path("<slug:slug>/candidates/", views.candidates, name="list"),
    path("<slug:slug>/nominate/", views.propose, name="nominate"),
    path(ONE, views.detail, name="detail"),
    path(ONE + "statement/", views.statement, name="statement"),
    path(ONE + "withdraw/", views.step_back, name="withdraw"),
    path(ONE + "<slug:verb>/", views.act, name="act"),
]
