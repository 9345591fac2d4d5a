from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "activity.api"
    label = "api"
    verbose_name = _("Proton Pass API")  # the index sorts by it: after the log
