"""Import events from a file into an organization's log."""

import io
import sys
import time
import zoneinfo
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from tqdm import tqdm

from activity.database_errors import DATABASE_ERRORS, on_one_line
from activity.drafts import EventDraft
from activity.importers import AUTO, IMPORTERS
from activity.importers.files.opening import open_rows
from activity.importers.files.rows import Unusable
from activity.importers.files.times import TimeReader
from activity.importers.runs.garbage import infrequent_collections
from activity.importers.runs.recorders import DryRunRecorder, LogRecorder
from activity.importers.runs.rejects import Rejects
from activity.importers.runs.session import Recorder, Session, Tally
from activity.output_files import output_file
from activity.recording import Receipt, statistics
from organizations.models import Organization, validate_time_zone

STANDARD_INPUT = "-"
NOT_ALL_STORED, NOTHING_DONE = 1, 2


class Command(BaseCommand):
    help = "Import events from a file. Importing a file again adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="- is standard input")
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument(
            "--format",
            default=AUTO,
            choices=[AUTO, *IMPORTERS.codes()],
            help="; ".join(f"{importer.code}: {importer.label}" for importer in IMPORTERS),
        )
        parser.add_argument(
            "--time-zone", metavar="ZONE", help="of times without a zone, such as Europe/Zurich"
        )
        parser.add_argument(
            "--members", metavar="FILE", help="list of people, if events name them by id only"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="store nothing, report the result"
        )
        parser.add_argument(
            "--rejects", metavar="FILE", help="file for the rows that are not stored"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            organization = _organization(options["organization"])
            zone = _zone(options["time_zone"])
            recorder = DryRunRecorder if options["dry_run"] else LogRecorder
            tally, times = self._import(recorder(organization), zone, options)
            if not options["dry_run"] and tally.accepted >= statistics.MIN_CHANGES:
                statistics.analyze()
        except Unusable as error:
            raise _nothing_done(str(error)) from None
        except KeyboardInterrupt:
            message = _("Stopped.")
            raise CommandError(f"{message} {_run_again()}", returncode=130) from None
        except OSError as error:
            message = _("Stopped: %(error)s.") % {"error": error.strerror}
            raise _nothing_done(f"{message} {_run_again()}") from error
        except DATABASE_ERRORS as error:
            message = _("Stopped: the database failed (%s).") % on_one_line(error)
            raise _nothing_done(f"{message} {_run_again()}") from error
        self._conclude(tally, times, options)

    def _import(
        self,
        recorder: LogRecorder | DryRunRecorder,
        zone: zoneinfo.ZoneInfo | None,
        options: dict[str, Any],
    ) -> tuple[Tally, TimeReader]:
        with (
            _source(options["file"]) as source,
            _members(options["members"]) as members,
            tqdm(total=_size(options["file"]), unit="B", unit_scale=True, disable=None) as progress,
        ):
            file = open_rows(
                source,
                format_name=options["format"],
                zone=zone,
                members=members,
                on_read=progress.update,
            )
            with (
                closing(file),
                _rejects_file(options["rejects"], options["file"]) as rejects_file,
                infrequent_collections(),
            ):
                rejects = Rejects(self._say, rejects_file)
                tally = Session(_telling(recorder, progress), rejects.add).run(file.rows)
                recorder.finish()
                rejects.close()
        return tally, file.times

    def _say(self, message: str) -> None:
        with tqdm.external_write_mode(file=sys.stderr):
            self.stderr.write(message)

    def _conclude(self, tally: Tally, times: TimeReader, options: dict[str, Any]) -> None:
        if times.guessed:
            self.stderr.write(
                ngettext(
                    "%(count)d time fell in an hour that a clock change repeats; "
                    "the earlier one was taken.",
                    "%(count)d times fell in an hour that a clock change repeats; "
                    "the earlier one was taken.",
                    times.guessed,
                )
                % {"count": times.guessed}
            )
        if options["dry_run"]:
            self.stderr.write(_("Dry run: nothing was stored."))
        self.stdout.write(str(tally))
        if tally.conflicts or tally.rejected:
            raise CommandError(_("Some rows were not stored."), returncode=NOT_ALL_STORED)


def _telling(recorder: Recorder, progress: "tqdm[Any]") -> Recorder:
    """`recorder`, which also shows rows and rows per second on the progress bar."""
    started = time.perf_counter()
    rows = 0

    def record(drafts: Sequence[EventDraft], before_commit: Callable[[], None]) -> Receipt:
        nonlocal rows
        receipt = recorder(drafts, before_commit)
        rows += len(drafts)
        rate = rows / (time.perf_counter() - started)
        told = _("%(rows)s rows, %(rate)s rows/s")
        progress.set_postfix_str(
            told % {"rows": f"{rows:,}", "rate": f"{rate:,.0f}"}, refresh=False
        )
        return receipt

    return record


def _nothing_done(message: str) -> CommandError:
    return CommandError(message, returncode=NOTHING_DONE)


def _run_again() -> str:
    return _("Run the same command again: nothing will be stored twice.")


def _organization(slug: str) -> Organization:
    try:
        return Organization.objects.get(slug=slug)
    except Organization.DoesNotExist:
        raise _nothing_done(_("There is no organization “%(slug)s”.") % {"slug": slug}) from None


def _zone(name: str | None) -> zoneinfo.ZoneInfo | None:
    if name is None:
        return None
    try:
        validate_time_zone(name)
    except ValidationError as error:
        raise _nothing_done(" ".join(error.messages)) from None
    return zoneinfo.ZoneInfo(name)


def _source(name: str) -> AbstractContextManager[io.BufferedReader]:
    if name == STANDARD_INPUT:
        return nullcontext(cast("io.BufferedReader", sys.stdin.buffer))
    return _opened(Path(name))


def _members(name: str | None) -> AbstractContextManager[io.BufferedReader | None]:
    return nullcontext() if name is None else _opened(Path(name))


def _size(name: str) -> int | None:
    return None if name == STANDARD_INPUT else Path(name).stat().st_size or None


@contextmanager
def _rejects_file(name: str | None, source: str) -> Iterator[BinaryIO | None]:
    """The file for rejected rows, which must not be the imported file."""
    if name is None:
        yield None
        return
    path = Path(name)
    if source != STANDARD_INPUT and path.exists() and path.samefile(source):
        raise _nothing_done(_("--rejects must not name the file that is imported."))
    with ExitStack() as stack:
        try:
            file = stack.enter_context(output_file(path))
        except OSError as error:
            raise _cannot_open(path, error) from None
        yield file


def _opened(path: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise _cannot_open(path, error) from None


def _cannot_open(path: Path, error: OSError) -> CommandError:
    message = _("Cannot open %(path)s: %(error)s.")
    return _nothing_done(message % {"path": path, "error": error.strerror})
