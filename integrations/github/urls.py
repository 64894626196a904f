from django.urls import path

from integrations.github import webhook

app_name = "github"
urlpatterns = [path("webhook", webhook.receive, name="webhook")]
