from importlib import import_module

from django.apps import AppConfig
from django.conf import settings


class SiteConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        """Where there is a broker, have every process know it, so that jobs ring their bell."""
        if settings.REDIS_URL:
            import_module("config.celery")
