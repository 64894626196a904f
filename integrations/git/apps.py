from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GitConfig(AppConfig):
    name = "integrations.git"
    label = "integrations_git"
    verbose_name = _("Git")

    def ready(self) -> None:
        """Offer the connector."""
        from integrations.connections.protocol import Connector, register

        def make() -> Connector:
            from integrations.git.connector import GitConnector

            return GitConnector()

        register("git", make)
