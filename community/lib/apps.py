from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LibConfig(AppConfig):
    name = "community.lib"
    label = "lib"

    def ready(self) -> None:
        """Load what the apps register: jobs, reactions to topics, panels, topics of notices."""
        autodiscover_modules("tasks", "subscribers", "panels", "notices")
