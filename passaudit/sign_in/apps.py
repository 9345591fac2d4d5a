from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignInConfig(AppConfig):
    name = "passaudit.sign_in"
    label = "sign_in"
    verbose_name = _("Sign-in")

    def ready(self) -> None:
        from passaudit.sign_in import checks, receivers  # noqa: F401, PLC0415 - register themselves
