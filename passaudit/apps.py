"""Makes our AdminSite the default one, so that `@admin.register` needs no argument."""

from django.contrib.admin.apps import AdminConfig


class PassauditAdminConfig(AdminConfig):
    default_site = "passaudit.admin_site.PassauditAdminSite"
