from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from activity.registry import import_modules


class DeliveryConfig(AppConfig):
    name = "activity.delivery"
    label = "delivery"
    verbose_name = _("Proton Pass delivery")

    def ready(self) -> None:
        import_modules("activity.delivery.kinds")
