"""Export an organization's log, or the filtered part of it."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.http import QueryDict

from activity import exports
from activity.access import PlanRequired
from activity.exports import Format
from activity.log_query import LogQuery
from organizations.models import Organization


class Command(BaseCommand):
    help = "Write an organization's activity log as CSV or JSON lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument(
            "--filter",
            default="",
            metavar="QUERY",
            help="as in the address of the page: 'event=item.read&since=2026-11-01'",
        )
        parser.add_argument("--format", default=Format.CSV, choices=[*map(str, Format)])
        parser.add_argument("--output", default="-", metavar="FILE", help="- is standard output")
        parser.add_argument(
            "--ignore-plan", action="store_true", help="export although the plan has no log"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        query = self._query(options["organization"], options["filter"], options["ignore_plan"])
        pieces = exports.stream(query, Format(options["format"]))
        if options["output"] == "-":
            self._write(pieces, getattr(self.stdout, "buffer", sys.stdout.buffer))
            return
        path = Path(options["output"])
        partial = path.with_name(path.name + ".partial")
        try:
            with partial.open("wb") as file:
                self._write(pieces, file)
            partial.replace(path)
        except OSError as error:
            raise CommandError(f"Cannot write {path}: {error.strerror}.") from error
        finally:
            partial.unlink(missing_ok=True)
        self.stderr.write(f"Wrote {path}.")

    def _query(self, slug: str, text: str, ignore_plan: bool) -> LogQuery:  # noqa: FBT001
        try:
            organization = Organization.objects.get(slug=slug)
            query = LogQuery.for_operator(
                organization, QueryDict(text.lstrip("?")), ignore_plan=ignore_plan
            )
        except Organization.DoesNotExist:
            raise CommandError(f"There is no organization “{slug}”.") from None
        except PlanRequired as error:
            raise CommandError(f"{error} Use --ignore-plan to export all the same.") from None
        if not query.is_valid:
            errors = query.filterset.form.errors
            messages = [f"{name}: {' '.join(lines)}" for name, lines in errors.items()]
            raise CommandError("Nothing exported. " + " ".join(messages))
        return query

    @staticmethod
    def _write(pieces: Any, file: BinaryIO) -> None:
        file.writelines(pieces)
        file.flush()
