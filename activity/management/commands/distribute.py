"""Distribute the event side by organization, on Citus."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction

from activity import scaling
from activity.scaling import CannotDistribute

# One connection to each server, so that statements see the results of earlier ones.
IN_ORDER = "SET LOCAL citus.multi_shard_modify_mode = 'sequential'"


class Command(BaseCommand):
    help = "Distribute the tables of events over several servers by organization, with Citus."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="print the SQL and run nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            scaling.check(connection)
        except CannotDistribute as refusal:
            raise CommandError(f"{refusal} Nothing was changed.") from None
        statements = scaling.statements(connection)
        if not statements:
            self.stdout.write("Everything is distributed already. Nothing was changed.")
        elif options["dry_run"]:
            for statement in [IN_ORDER, *statements]:
                self.stdout.write(f"{statement};")
        else:
            self._run([IN_ORDER, *statements])
            self.stdout.write("Done.")

    def _run(self, statements: list[str]) -> None:
        """Run all statements in one transaction. Print each before it runs; some take long."""
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                for statement in statements:
                    self.stdout.write(f"{statement};")
                    cursor.execute(statement)
        except DatabaseError as error:
            raise CommandError(f"{str(error).strip()}\nNothing was changed.") from error
