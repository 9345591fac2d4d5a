from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    name = "activity.evidence"
    label = "evidence"
    verbose_name = _("Proton Pass evidence")

    def ready(self) -> None:
        from activity.evidence import checks  # noqa: F401, PLC0415 - registers itself

        post_migrate.connect(_install_triggers, sender=apps.get_app_config("activity"))


def _install_triggers(using: str, **kwargs: Any) -> None:
    """On SQLite, a migration that changes a table makes a new one, without the triggers."""
    from activity.evidence import append_only  # noqa: PLC0415 - apps are not ready above

    if set(append_only.PROTECTED_TABLES) <= {*connections[using].introspection.table_names()}:
        append_only.install(connections[using])
