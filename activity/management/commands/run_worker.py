"""`manage.py run_worker`: deliveries, imports of uploads, statistics, and evidence."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from activity.database_errors import DATABASE_ERRORS, on_one_line
from activity.delivery.engine import deliver
from activity.delivery.secrets import reencrypt_secrets
from activity.evidence.work import work as advance_evidence
from activity.recording.statistics import work as refresh_statistics
from activity.uploads.work import work as import_uploads
from activity.worker.loop import Step, Task, Worker

ON_START: list[Step] = [reencrypt_secrets]
TASKS: list[Task] = [deliver, import_uploads, refresh_statistics, advance_evidence]
ON_STOP: list[Step] = [import_uploads.stop]


class Command(BaseCommand):
    help = (
        "Deliver events to destinations, import uploaded files, keep PostgreSQL's statistics fresh "
        "and write the hashes of logs, until SIGTERM or Ctrl-C. "
        "Any number of workers may run side by side."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="do all work that is due, then exit"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker(TASKS, on_start=ON_START, on_stop=ON_STOP)
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        for number in before:
            signal.signal(number, worker.stop)
        try:
            worker.run_all() if options["once"] else worker.run()
        except DATABASE_ERRORS as error:
            message = _("The database failed: %(error)s")
            raise CommandError(message % {"error": on_one_line(error)}) from error
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
