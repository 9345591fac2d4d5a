from django.apps import AppConfig


class AcmeSafeConfig(AppConfig):
    name = "acme_safe"
    verbose_name = "Acme Safe"
    version = "1.2.0"
    passaudit = ">=0.1,<2"
