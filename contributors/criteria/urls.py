from django.urls import URLPattern, path

from contributors.criteria import views

app_name = "criteria"
urlpatterns: list[URLPattern] = [
    path("criteria/", views.rule_list, name="list"),
    path("criteria/schema.json", views.schema, name="schema"),
    path("criteria/new/", views.create, name="create"),
    path("criteria/<slug:slug>/", views.detail, name="detail"),
    path("criteria/<slug:slug>/me/", views.me, name="me"),
    path("criteria/<slug:slug>/revise/", views.revise, name="revise"),
]
