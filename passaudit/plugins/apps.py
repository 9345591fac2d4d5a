from django.apps import AppConfig


class PluginsConfig(AppConfig):
    """Loads the plugins. The last one in INSTALLED_APPS, so that all our own entries exist."""

    name = "passaudit.plugins"

    def ready(self) -> None:
        from passaudit.plugins import checks, loading  # noqa: F401, PLC0415 - needs the models

        loading.load_plugins()
