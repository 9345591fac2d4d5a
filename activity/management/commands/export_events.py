"""Export an organization's log, optionally filtered."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.http import QueryDict

from activity import exports
from activity.access import PlanRequired
from activity.exports import Format
from activity.management.standard_output import standard_output
from activity.output_files import output_file
from activity.reading.query import LogQuery
from organizations.models import Organization

STANDARD_OUTPUT = "-"


class Command(BaseCommand):
    help = "Write an organization's activity log as CSV or JSON lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument(
            "--filter",
            default="",
            metavar="QUERY",
            help="the query of the log's URL: 'event=item.read&since=2026-11-01'",
        )
        parser.add_argument("--format", default=Format.CSV, choices=[*map(str, Format)])
        parser.add_argument(
            "--output", default=STANDARD_OUTPUT, metavar="FILE", help="- is standard output"
        )
        parser.add_argument(
            "--ignore-plan", action="store_true", help="export although the plan has no log"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        query = self._query(options["organization"], options["filter"], options["ignore_plan"])
        pieces = exports.stream(query, Format(options["format"]))
        if options["output"] == STANDARD_OUTPUT:
            with standard_output(self.stdout) as stdout:
                stdout.writelines(pieces)
            return
        path = Path(options["output"])
        try:
            with output_file(path) as file:
                file.writelines(pieces)
        except OSError as error:
            raise CommandError(f"Cannot write {path}: {error.strerror}.") from error
        self.stderr.write(f"Wrote {path}.")

    def _query(self, slug: str, text: str, ignore_plan: bool) -> LogQuery:  # noqa: FBT001
        parameters = QueryDict(text.lstrip("?"))
        named = parameters.get("organization") or slug
        if named != slug:
            raise CommandError(f"Nothing exported. The filter is for “{named}”, not for “{slug}”.")
        try:
            organization = Organization.objects.get(slug=slug)
            query = LogQuery.for_operator(organization, parameters, ignore_plan=ignore_plan)
        except Organization.DoesNotExist:
            raise CommandError(f"There is no organization “{slug}”.") from None
        except PlanRequired as error:
            raise CommandError(f"{error} Use --ignore-plan to export all the same.") from None
        if not query.is_valid:
            faults = [f"{name}: {message}" if name else message for name, message in query.errors]
            raise CommandError(" ".join(["Nothing exported.", *faults]))
        return query
