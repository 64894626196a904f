from django.apps import AppConfig
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class GitHubConfig(AppConfig):
    name = "integrations.github"
    label = "integrations_github"
    verbose_name = _("GitHub")

    def ready(self) -> None:
        """Register the connector; it is imported when first used."""
        from integrations.connections.protocol import Connector, register

        def make() -> Connector:
            made: Connector = import_string("integrations.github.connector.GitHubConnector")()
            return made

        register("github", make)
