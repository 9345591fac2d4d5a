"""A file opened for importing, the same for the command and for the page."""

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
    """`rows` can be read once; what was guessed on the way is known to `times`. Close it."""

    importer: Importer
    rows: Generator[Parsed | Rejected]
    times: TimeReader

    def close(self) -> None:
        """End what helps with the rows, even if they were not read to their end."""
        with suppress(ValueError):  # a thread still reads: it ends with this process
            self.rows.close()


def open_rows(
    source: io.BufferedIOBase,
    *,
    format_name: str = AUTO,
    zone: ZoneInfo | None = None,
    members: io.BufferedIOBase | None = None,
    on_read: Callable[[int], object] = lambda count: None,
) -> OpenFile:
    """The rows of `source`. Its first one is read at once, so that `Unusable` is raised here for
    what is plainly no such file. `on_read` is told of the bytes that go through."""
    stream = open_text(source, on_read)
    importer = importer_for(format_name, stream.peek())
    times = TimeReader(zone)
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
        raise Unusable(message % {"title": importer.title})
    return importer.people(open_text(members))
