"""Makes our `AdminSite` the default, so that `@admin.register` needs no argument."""

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.core.management import get_commands

# Commands of packages that do not belong beside ours: they write and read any table as it is, with
# the passwords' hashes, past all rules of the log.
UNWANTED_COMMANDS = {"export": "import_export", "import": "import_export"}


class PassauditAdminConfig(AdminConfig):
    default_site = "passaudit.admin_site.PassauditAdminSite"

    def ready(self) -> None:
        """Deviates from `AdminConfig.ready`: the tables of allauth have no pages in the admin."""
        from passaudit import checks  # noqa: F401, PLC0415 - registers itself

        super().ready()
        for model in list(admin.site._registry):  # noqa: SLF001 - there is no other list
            if model.__module__.startswith("allauth."):
                admin.site.unregister(model)
        commands = get_commands()  # the one dictionary that Django keeps
        for name, app in UNWANTED_COMMANDS.items():
            if commands.get(name) == app:
                del commands[name]
