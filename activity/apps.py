from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class ActivityConfig(AppConfig):
    name = "activity"
    verbose_name = _("Proton Pass")

    def ready(self) -> None:
        from activity.reading import lookups  # noqa: PLC0415 - registers itself on a model field

        connection_created.connect(lookups.add_sqlite_function)
