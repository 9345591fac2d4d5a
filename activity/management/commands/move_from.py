"""Move to another database: copy all rows from the old one."""

import warnings
from argparse import ArgumentParser
from itertools import islice
from pathlib import Path
from typing import Any

import environ
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder

SOURCE = "source"
MADE_BY_MIGRATE = (ContentType, Permission)
BATCH = 2000


class Command(BaseCommand):
    help = (
        "Copy everything from another passaudit database into the configured one, which must be "
        "empty. Stop the site first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="DATABASE_URL", help="sqlite:////srv/db.sqlite3")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            _connect(options["source"])
            _check()
            with transaction.atomic():
                Permission.objects.all().delete()
                ContentType.objects.all().delete()
                for model in _models():
                    number = _copy(model)
                    self.stdout.write(f"{model._meta.label} {number}")
                _reset_sequences()
        except (Error, ImproperlyConfigured, ValueError) as error:
            raise CommandError(f"{error}\nNothing was copied.") from error
        finally:
            _disconnect()
        self.stdout.write("Everything is copied.")


def _connect(url: str) -> None:
    with warnings.catch_warnings(action="ignore"):
        config = environ.Env.db_url_config(url)
    if not config.get("ENGINE"):
        raise CommandError(f"“{url}” is no DATABASE_URL. Write sqlite:////srv/db.sqlite3 or such.")
    if "sqlite" in config["ENGINE"] and not Path(config["NAME"]).is_file():
        raise CommandError(f"There is no file {config['NAME']}.")
    databases = {**settings.DATABASES, SOURCE: config}
    connections.settings[SOURCE] = connections.configure_settings(databases)[SOURCE]
    with connections[SOURCE].wrap_database_errors:
        connections[SOURCE].connect()


def _disconnect() -> None:
    if SOURCE in connections.settings:
        connections[SOURCE].close()
        del connections[SOURCE], connections.settings[SOURCE]


def _check() -> None:
    """Raises `CommandError` unless both databases have the same tables and this one is empty."""
    there, here = (
        MigrationRecorder(connections[alias]).applied_migrations().keys()
        for alias in (SOURCE, DEFAULT_DB_ALIAS)
    )
    if there != here:
        raise CommandError("The tables differ. Run “migrate”, of this version, on both databases.")
    for model in _models():
        if model not in MADE_BY_MIGRATE and model._base_manager.exists():
            raise CommandError(
                f"This database has data already: {model._meta.verbose_name_plural}. "
                "Make a new one, run “migrate” there, and try again."
            )


def _models() -> list[type[models.Model]]:
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy]


def _copy(model: type[models.Model]) -> int:
    """Copy all rows with their primary keys. Return the number of rows."""
    rows = model._base_manager.using(SOURCE).order_by("pk").iterator(chunk_size=BATCH)
    number = 0
    while batch := list(islice(rows, BATCH)):
        model._base_manager.bulk_create(batch)
        number += len(batch)
    return number


def _reset_sequences() -> None:
    """Set the sequences so that new rows are numbered after the copied ones."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(statement)
