"""Every address of the site."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

# The back office has no sign-in of its own, which would ask for no second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("contributors.metrics.urls")),
    path("", include("community.people.urls")),
    path("", include("contributors.retention.urls")),
    path("", include("contributors.attention.urls")),
    path("", include("contributors.digests.urls")),
    path("", include("contributors.criteria.urls")),
    path("projects/", include("community.projects.urls")),
    path("activity/", include("contributors.activity.urls")),
    path("", include("governance.rolls.urls")),
    path("", include("governance.ballots.urls")),
    path("elections/", include("governance.ballots.candidacy_urls")),
    path("connections/", include("integrations.connections.urls")),
    path("integrations/github/", include("integrations.github.urls")),
    path("jobs/", include("community.jobs.urls")),
    path("tokens/", include("community.tokens.urls")),
    path("notices/", include("community.notifications.urls")),
    path("audit/", include("community.audit.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/", include("config.api")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("community.lib.urls")),
    path("admin/", admin.site.urls),
]
if settings.DEBUG:
    from community.lib.views import style

    urlpatterns.append(path("style/", style, name="style"))
