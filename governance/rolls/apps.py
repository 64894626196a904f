from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RollsConfig(AppConfig):
    name = "governance.rolls"
    label = "rolls"
    verbose_name = _("Electoral rolls")
