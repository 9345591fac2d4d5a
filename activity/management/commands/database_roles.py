"""Print the SQL of a database role that can add to the log and not change it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.translation import gettext as _

from activity.evidence import roles


class Command(BaseCommand):
    help = (
        "Print the SQL that creates a role for the site, which can add to the log and not change "
        "it. Run it as the owner of the tables. PostgreSQL only."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--role", default="passaudit_site", metavar="NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError(
                _(
                    "SQLite has no roles: whoever can write to the file can change the log. "
                    "Move to PostgreSQL to separate the two."
                )
            )
        for statement in roles.statements(connection, options["role"]):
            self.stdout.write(f"{statement};")
