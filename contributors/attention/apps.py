from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AttentionConfig(AppConfig):
    name = "contributors.attention"
    label = "attention"
    verbose_name = _("What wants attention")
