"""Verify that the stored events are those that were recorded."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from tqdm import tqdm

from activity.evidence.models import EvidenceState
from activity.evidence.verifying import Report, verify
from activity.management.commands.hash_log import organization_named
from activity.models import LogHead

NOT_VERIFIED = 1


class Command(BaseCommand):
    help = (
        "Compare all events of a log with its tree. Names the events that were altered, removed, "
        "inserted or reordered, and then exits with 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", metavar="SLUG")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = organization_named(options["slug"])
        head = LogHead.objects.filter(organization=organization).first() or LogHead()
        with tqdm(
            total=head.hashed, unit="event", unit_scale=True, disable=None, file=sys.stderr
        ) as progress:
            report = verify(organization, advance=progress.update)
        self._tell(report)
        if report.is_good:
            EvidenceState.objects.filter(organization=organization).update(problem={})
        if not report.is_good:
            raise CommandError(_("The log is not verified."), returncode=NOT_VERIFIED)

    def _tell(self, report: Report) -> None:
        for found in report.findings:
            values = {"seq": found.seq, "fault": found.fault, "message": found.message}
            self.stdout.write(_("event %(seq)d: %(fault)s. %(message)s") % values)
        if report.unhashed:
            message = ngettext(
                "%(count)d event is not in the tree. Run “hash_log”.",
                "%(count)d events are not in the tree. Run “hash_log”.",
                report.unhashed,
            )
            self.stdout.write(message % {"count": report.unhashed})
        if report.erased:
            message = ngettext(
                "%(count)d event was erased, which is recorded.",
                "%(count)d events were erased, which is recorded.",
                report.erased,
            )
            self.stdout.write(message % {"count": report.erased})
        if report.is_good:
            values = {"size": report.size, "root": report.root.hex()}
            self.stdout.write(_("Verified to event %(size)d. Root: %(root)s") % values)
