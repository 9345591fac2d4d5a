"""`manage.py run_worker`: deliver events and run other background work."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from activity.worker.loop import DATABASE_GONE, Worker


class Command(BaseCommand):
    help = (
        "Deliver events to destinations and run other background work, until SIGTERM or Ctrl-C. "
        "Several workers may run at the same time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="do all work that is due, then exit"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker()
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        for number in before:
            signal.signal(number, worker.stop)
        try:
            worker.run_all() if options["once"] else worker.run()
        except DATABASE_GONE as error:
            raise CommandError(_("The database failed: %(error)s") % {"error": error}) from error
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
