"""Open a file for importing. The command and the pages use the same code."""

import io
import itertools
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from activity.importers import AUTO, importer_for
from activity.importers.base import Importer
from activity.importers.files.lines import open_text
from activity.importers.files.rows import Parsed, Rejected, Unusable
from activity.importers.files.times import TimeReader
from activity.importers.options import Options, Person


@dataclass(frozen=True, slots=True)
class OpenFile:
    """`rows` can be read once. `times` counts ambiguous local times. Call `close()` at the end."""

    importer: Importer
    rows: Generator[Parsed | Rejected]
    times: TimeReader

    def close(self) -> None:
        """End the drafting process, even if not all rows were read."""
        with suppress(ValueError):  # a daemon thread is still reading
            self.rows.close()


def open_rows(
    source: io.BufferedIOBase,
    *,
    format_name: str = AUTO,
    zone: ZoneInfo | None = None,
    usual_zone: ZoneInfo | None = None,
    members: io.BufferedIOBase | None = None,
    on_read: Callable[[int], object] = lambda count: None,
) -> OpenFile:
    """Open `source`. Raises `Unusable` if it is not a file of this format: the first row is read
    at once. `on_read` is called with each number of bytes read.

    Times without a zone are in `zone`, else in that of the format, else in `usual_zone`.
    """
    stream = open_text(source, on_read)
    importer = importer_for(format_name, stream.peek())
    times = TimeReader(zone or importer.zone or usual_zone)
    rows = importer.parse(stream, Options(times=times, people=_people(importer, members)))
    first = list(itertools.islice(rows, 1))
    return OpenFile(importer, _all_of(first, rows), times)


def _all_of(
    first: list[Parsed | Rejected], rows: Generator[Parsed | Rejected]
) -> Generator[Parsed | Rejected]:
    with closing(rows):
        yield from first
        yield from rows


def _people(importer: Importer, members: io.BufferedIOBase | None) -> Mapping[str, Person]:
    if members is None:
        return {}
    if importer.people is None:
        message = _("A file of members is not for %(title)s.")
        raise Unusable(message % {"title": importer.label})
    return importer.people(open_text(members))
