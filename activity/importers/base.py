"""What all importers share. A new one is a module with the mapping of a row to a draft.

For a large file, another process runs the mapping (`activity.importers.runs.drafting`). It finds
the function by its name, so the mapping is a function at the top of its module.
"""

import io
import itertools
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from activity.drafts import InvalidDraft
from activity.importers.files.csv_rows import CsvShape
from activity.importers.files.json_rows import JsonShape
from activity.importers.files.rows import Parsed, Rejected, Row, RowError, Unusable
from activity.importers.files.times import NoZoneError
from activity.importers.options import Options, Person
from activity.importers.runs.drafting import Drafted, Helper

MAX_TIES = 10_000
ROWS_WITHOUT_HELP = 15_000  # more than a page looks at, even if it must hold `MAX_TIES` of them

Shape = JsonShape | CsvShape


@dataclass(frozen=True, slots=True)
class Importer:
    """A format: its name on the command line, and the shapes that its files come in.

    `zone_is_customary` says that files of this vendor may leave out the zone of all times: then
    a first row without one is reason enough to ask for it before anything is stored. `people`
    reads the vendor's list of people, for formats that name them by id only.
    """

    name: str
    title: str
    shapes: Sequence[Shape]
    zone_is_customary: bool = False
    people: Callable[[io.BufferedReader], Mapping[str, Person]] | None = None

    def sniff(self, head: bytes) -> bool:
        """Whether a file that begins with `head` is of this format."""
        return any(shape.sniff(head) for shape in self.shapes)

    def parse(self, stream: io.BufferedReader, options: Options) -> Generator[Parsed | Rejected]:
        """Each row of `stream` (see `lines.open_text`), in bounded memory.

        Raises `Unusable`, and then before the first `Parsed` and within `ROWS_WITHOUT_HELP`.
        """
        shape = self._shape(stream.peek())
        return _oldest_first_in_ties(self._parse(shape, stream, options))

    def _shape(self, head: bytes) -> Shape:
        for shape in self.shapes:
            if shape.sniff(head):
                return shape
        looks_like_json = head.lstrip()[:1] in (b"{", b"[")
        wanted = JsonShape if looks_like_json else CsvShape
        return next((shape for shape in self.shapes if isinstance(shape, wanted)), self.shapes[0])

    def _parse(
        self, shape: Shape, stream: io.BufferedReader, options: Options
    ) -> Iterator[Parsed | Rejected]:
        rows = shape.rows(stream)
        yield from self._parse_first(shape, itertools.islice(rows, ROWS_WITHOUT_HELP), options)
        if next_row := next(rows, None):
            with Helper(partial(_drafted, shape), options) as helper:
                yield from helper.parsed(itertools.chain([next_row], rows))

    def _parse_first(
        self, shape: Shape, rows: Iterable[Row | Rejected], options: Options
    ) -> Iterator[Parsed | Rejected]:
        is_zone_known = not self.zone_is_customary
        for row in rows:
            if isinstance(row, Rejected):
                yield row
                continue
            try:
                yield Parsed(row.raw, *_drafted_from(shape, row.content, options))
            except NoZoneError as error:
                if not is_zone_known:
                    raise Unusable(_no_zone(row, error)) from None
                yield Rejected(row.raw, str(error))
            except (RowError, InvalidDraft) as error:
                yield Rejected(row.raw, str(error))
            else:
                is_zone_known = True


def _drafted(shape: Shape, contents: Sequence[Any], options: Options) -> list[Drafted | str]:
    outcomes: list[Drafted | str] = []
    for content in contents:
        try:
            outcomes.append(_drafted_from(shape, content, options))
        except (RowError, InvalidDraft) as error:
            outcomes.append(str(error))
    return outcomes


def _drafted_from(shape: Shape, content: Any, options: Options) -> Drafted:
    """The draft of a row's content. Raises `RowError` and `InvalidDraft`."""
    values = shape.values(content)
    seq = values.get(shape.seq)
    if seq in (None, ""):
        return Drafted(shape.draft(values, options))
    if not re.fullmatch("[0-9]{1,18}", str(seq)):
        raise RowError(_("%(key)s: must be a whole number") % {"key": shape.seq})
    return Drafted(shape.draft(values, options), int(seq))


def _no_zone(row: Row, error: NoZoneError) -> str:
    return _("%(place)s: %(error)s, such as --time-zone Europe/Zurich. Nothing was imported.") % {
        "place": str(row.raw.place).capitalize(),
        "error": error,
    }


def _oldest_first_in_ties(rows: Iterable[Parsed | Rejected]) -> Generator[Parsed | Rejected]:
    """Consecutive events of the very same time in the order in which they were recorded.

    An export has the newest first, and `seq` decides between equal times. So a log that moves
    keeps the order of its events. Longer runs than `MAX_TIES` are taken in parts.
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
