"""`Importer` and the way from a file to drafts, which all formats share.

A new importer is a module with a function that makes a draft of a row. The function stands at the
top level of its module, because a second process calls it for large files
(`activity.importers.runs.drafting`).
"""

import io
import itertools
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from activity.drafts import EventDraft, InvalidDraft
from activity.importers.files.csv_rows import CsvFormat
from activity.importers.files.json_rows import JsonFormat
from activity.importers.files.rows import (
    Parsed,
    Rejected,
    Row,
    RowError,
    Unusable,
    position_in_log,
)
from activity.importers.files.times import AmbiguousDateError, NoZoneError
from activity.importers.options import Options, Person
from activity.importers.runs.drafting import Drafted, DraftingProcess
from activity.registry import Registry

MAX_TIES = 10_000
MIN_ROWS_FOR_PROCESS = 15_000  # more than a preview reads, including `MAX_TIES` rows held back

RowFormat = JsonFormat | CsvFormat


@dataclass(frozen=True, slots=True)
class Importer:
    """A format of files: its code on the command line, and the formats of its rows.

    `zone_is_customary`: files of this vendor may have no time zone at all. If the first row has
    none, the import stops and asks for it before anything is stored.
    `zone` is that of times without one, unless somebody names another.
    `people` reads the vendor's list of members, for formats that identify people by id only.
    """

    code: str
    label: str | Promise
    shapes: Sequence[RowFormat]
    zone_is_customary: bool = False
    zone: ZoneInfo | None = None
    people: Callable[[io.BufferedReader], Mapping[str, Person]] | None = None

    def sniff(self, head: bytes) -> int:
        """How well a file that starts with `head` has this format: 0 if it has not, `NO_ROWS` if it
        has no rows, more if more keys or columns are known."""
        return max(row_format.sniff(head) for row_format in self.shapes)

    def parse(self, stream: io.BufferedReader, options: Options) -> Generator[Parsed | Rejected]:
        """Each row of `stream` (see `lines.open_text`), in bounded memory.

        Raises `Unusable`, only before the first `Parsed` and within `MIN_ROWS_FOR_PROCESS` rows.
        """
        row_format = self._row_format(stream.peek())
        if isinstance(row_format, CsvFormat):
            options.times.learn(stream.peek())
        return _oldest_first_in_ties(self._parse(row_format, stream, options))

    def _row_format(self, head: bytes) -> RowFormat:
        for row_format in self.shapes:
            if row_format.sniff(head):
                return row_format
        looks_like_json = head.lstrip()[:1] in (b"{", b"[")
        wanted = JsonFormat if looks_like_json else CsvFormat
        return next(
            (row_format for row_format in self.shapes if isinstance(row_format, wanted)),
            self.shapes[0],
        )

    def _parse(
        self, row_format: RowFormat, stream: io.BufferedReader, options: Options
    ) -> Iterator[Parsed | Rejected]:
        rows = row_format.rows(stream)
        yield from self._parse_first(
            row_format, itertools.islice(rows, MIN_ROWS_FOR_PROCESS), options
        )
        if next_row := next(rows, None):
            with DraftingProcess(partial(_drafted, row_format), options) as process:
                yield from process.parsed(itertools.chain([next_row], rows))

    def _parse_first(
        self, row_format: RowFormat, rows: Iterable[Row | Rejected], options: Options
    ) -> Iterator[Parsed | Rejected]:
        is_first, is_zone_known = True, not self.zone_is_customary
        for row in rows:
            if isinstance(row, Rejected):
                yield row
                continue
            try:
                yield Parsed(row.raw, *_drafted_from(row_format, row.content, options))
            except NoZoneError as error:
                if not is_zone_known:
                    raise Unusable(_no_zone(row, error)) from None
                yield Rejected(row.raw, str(error))
            except AmbiguousDateError as error:
                if is_first:
                    raise Unusable(_not_readable(row, error)) from None
                yield Rejected(row.raw, str(error))
            except (RowError, InvalidDraft) as error:
                yield Rejected(row.raw, str(error))
            else:
                is_first, is_zone_known = False, True


IMPORTERS: Registry[Importer] = Registry("importer")


def _drafted(
    row_format: RowFormat, contents: Sequence[Any], options: Options
) -> list[Drafted | str]:
    outcomes: list[Drafted | str] = []
    for content in contents:
        try:
            outcomes.append(_drafted_from(row_format, content, options))
        except (RowError, InvalidDraft) as error:
            outcomes.append(str(error))
    return outcomes


def _drafted_from(row_format: RowFormat, content: Any, options: Options) -> Drafted:
    """The draft of a row's content. Raises `RowError` and `InvalidDraft`."""
    values = row_format.values(content)
    position = position_in_log(values, row_format.seq)
    return Drafted(_draft_of(row_format, values, options), position)


def _draft_of(row_format: RowFormat, values: Any, options: Options) -> EventDraft:
    """The draft of a row. A value that the importer is not prepared for rejects only its row."""
    try:
        return row_format.draft(values, options)
    except (RowError, InvalidDraft, MemoryError):
        raise
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        raise RowError(_("cannot be read (%(error)s)") % {"error": text[:200]}) from error


def _no_zone(row: Row, error: NoZoneError) -> str:
    return _("%(place)s: %(error)s, such as --time-zone Europe/Zurich. Nothing was imported.") % {
        "place": str(row.raw.place).capitalize(),
        "error": error,
    }


def _not_readable(row: Row, error: RowError) -> str:
    return _("%(place)s: %(error)s. Nothing was imported.") % {
        "place": str(row.raw.place).capitalize(),
        "error": error,
    }


def _oldest_first_in_ties(rows: Iterable[Parsed | Rejected]) -> Generator[Parsed | Rejected]:
    """Sort consecutive rows with equal times by `seq`.

    Exports list the newest event first, and `seq` decides between equal times. Sorting keeps the
    order of events when a log moves. Runs longer than `MAX_TIES` are sorted in parts.
    """
    run: list[Parsed] = []
    for row in rows:
        if isinstance(row, Rejected):
            yield row
            continue
        has_ended = run and row.draft.occurred_at != run[0].draft.occurred_at
        if has_ended or row.seq is None or len(run) == MAX_TIES:
            yield from _by_seq(run)
            run.clear()
        if row.seq is None:
            yield row
        else:
            run.append(row)
    yield from _by_seq(run)


def _by_seq(run: list[Parsed]) -> list[Parsed]:
    return sorted(run, key=lambda row: row.seq or 0)
