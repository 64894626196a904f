import gc
from importlib import import_module

from django.apps import AppConfig
from django.conf import settings

COLLECT_AFTER = (20_000, 20, 50)


class SiteConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        """Tell every process of the broker where there is one, so that jobs ring their bell.

        What was loaded until now stays for good, and most of what is made later
        is no ring: looking through all of it often costs a tenth of the time.
        """
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        if settings.REDIS_URL:
            import_module("config.celery")
