from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UploadsConfig(AppConfig):
    name = "activity.uploads"
    label = "uploads"
    verbose_name = _("Proton Pass imports")  # the index sorts by it: after the log

    def ready(self) -> None:
        from activity.uploads import checks  # noqa: F401, PLC0415 - registers itself
