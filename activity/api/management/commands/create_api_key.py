"""Create an API key for a script."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from activity.api.models import ApiKey, Scope
from organizations.models import Organization

MAX_DAYS = 3650


class Command(BaseCommand):
    help = "Create an API key of an organization: prints the key on stdout, messages on stderr."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organization", metavar="SLUG")
        parser.add_argument(
            "--scopes",
            required=True,
            metavar="SCOPE[,SCOPE]",
            help=f"scopes of the key: {','.join(Scope)}",
        )
        parser.add_argument("--name", help="what the key is for")
        parser.add_argument("--expires", type=int, metavar="DAYS", help="never, by default")

    def handle(self, *args: Any, **options: Any) -> None:
        key = ApiKey(
            organization=self._organization(options["organization"]),
            name=options["name"] or f"create_api_key {timezone.now():%Y-%m-%d %H:%M:%S.%f}",
            scopes=self._scopes(options["scopes"]),
            expires_at=self._expiry(options["expires"]),
        )
        try:
            key.issue()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stderr.write(f"Created {key} of {key.organization}. It is not shown again.")
        self.stdout.write(key.token)

    @staticmethod
    def _organization(slug: str) -> Organization:
        try:
            return Organization.objects.get(slug=slug)
        except Organization.DoesNotExist:
            raise CommandError(f"There is no organization “{slug}”.") from None

    @staticmethod
    def _scopes(text: str) -> list[str]:
        scopes = [part.strip() for part in text.split(",") if part.strip()]
        if not scopes or not set(scopes) <= set(Scope):
            raise CommandError(f"--scopes: name some of {', '.join(Scope)}, joined with commas.")
        return [scope for scope in Scope if scope in scopes]

    @staticmethod
    def _expiry(days: int | None) -> Any:
        if days is None:
            return None
        if not 1 <= days <= MAX_DAYS:
            raise CommandError(f"--expires: 1 to {MAX_DAYS} days.")
        return timezone.now() + timedelta(days=days)
