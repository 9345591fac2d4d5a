"""Makes our `AdminSite` the default, so that `@admin.register` needs no argument."""

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig


class PassauditAdminConfig(AdminConfig):
    default_site = "passaudit.admin_site.PassauditAdminSite"

    def ready(self) -> None:
        """Deviates from `AdminConfig.ready`: the tables of allauth have no pages in the admin."""
        super().ready()
        for model in list(admin.site._registry):  # noqa: SLF001 - there is no other list
            if model.__module__.startswith("allauth."):
                admin.site.unregister(model)
