"""Rows of a file, the drafts made of them, and rejected rows."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from django.utils.translation import gettext as _

from activity.drafts import EventDraft
from activity.numbers import whole_number

MAX_SEQ = 2**63 - 1
MAX_ROW_BYTES = 1024 * 1024
NO_ROWS = 1  # how well a file without rows has a format; see `Importer.sniff`
# Limits of a batch: rows that are drafted together or stored in one transaction.
CHUNK_ROWS = 5000
CHUNK_BYTES = 8 * 1024 * 1024


class Unusable(Exception):  # noqa: N818 - reads as what it is: `except Unusable`
    """The file cannot be imported at all. `str()` says what to do."""


class RowError(ValueError):
    """One row cannot be imported. `str()` says why."""


class Place(NamedTuple):
    """Where a row starts: its line and, in a JSON document, its number. Both start at 1."""

    line: int
    item: int | None = None

    def __str__(self) -> str:
        if self.item is None:
            return _("line %(line)d") % {"line": self.line}
        return _("line %(line)d, item %(item)d") % {"line": self.line, "item": self.item}


class Raw(NamedTuple):
    """A row as written in the file. `content` is empty if the row was too long.

    `heading` followed by such rows is a file for the same importer.
    """

    place: Place
    content: bytes
    heading: bytes = b""


class Row(NamedTuple):
    """A row of a file. `content` is the text of a JSON row, or the cells of a CSV row by column."""

    raw: Raw
    content: Any


class Parsed(NamedTuple):
    """A row and its draft. `seq` is the event's position in the log that it was exported from."""

    raw: Raw
    draft: EventDraft
    seq: int | None = None


class Rejected(NamedTuple):
    """A row that is not imported, and the reason."""

    raw: Raw
    reason: str


Cut = TypeVar("Cut", bound=Row | Parsed | Rejected)


def batches(rows: Iterable[Cut]) -> Iterator[list[Cut]]:
    """All `rows`, in lists of at most `CHUNK_ROWS` rows and about `CHUNK_BYTES`."""
    batch: list[Cut] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += len(row.raw.content)
        if len(batch) >= CHUNK_ROWS or size > CHUNK_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def text(values: Mapping[str, Any], key: str) -> str:
    """The text at `key`, empty if missing or null. Raises `RowError`."""
    value = values.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RowError(_("%(key)s: must be text") % {"key": key})
    return value


def position_in_log(values: Mapping[str, Any], key: str) -> int | None:
    """The `seq` of an exported event at `key`, if it has one. Raises `RowError`."""
    value = values.get(key)
    if value is None or value == "":
        return None
    try:
        return whole_number(re.sub(r"\.0+$", "", str(value)), 0, MAX_SEQ)
    except ValueError:
        raise RowError(_("%(key)s: must be a whole number") % {"key": key}) from None


def mapping(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The JSON object at `key`, empty if missing or null. Raises `RowError`."""
    value = values.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise RowError(_("%(key)s: must be a JSON object") % {"key": key})
    return value
