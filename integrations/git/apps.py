from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GitConfig(AppConfig):
    name = "integrations.git"
    label = "integrations_git"
    verbose_name = _("Git")
