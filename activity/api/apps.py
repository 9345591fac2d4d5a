from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "activity.api"
    label = "api"
    verbose_name = _("Proton Pass API")  # so that the log comes first

    def ready(self) -> None:
        from activity.api import checks  # noqa: F401, PLC0415 - registers itself
