"""What importers read and say about it: rows of a file, drafts made of them, refusals."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from django.utils.translation import gettext as _

from activity.drafts import EventDraft

MAX_ROW_BYTES = 1024 * 1024
# What is made into drafts, or stored in one transaction, at once.
CHUNK_ROWS = 5000
CHUNK_BYTES = 8 * 1024 * 1024


class Unusable(Exception):  # noqa: N818 - reads as what it is: `except Unusable`
    """Nothing of the file can be imported. `str()` says what to do."""


class RowError(ValueError):
    """One row cannot be imported. `str()` says why."""


class Place(NamedTuple):
    """Where a row begins: its line, and in a JSON document also its number; both from 1."""

    line: int
    item: int | None = None

    def __str__(self) -> str:
        if self.item is None:
            return _("line %(line)d") % {"line": self.line}
        return _("line %(line)d, item %(item)d") % {"line": self.line, "item": self.item}


class Raw(NamedTuple):
    """A row as it stands in the file, empty when it was too long to be kept.

    A file that consists of `heading` and of such rows is one that the same importer reads.
    """

    place: Place
    content: bytes
    heading: bytes = b""


class Row(NamedTuple):
    """A row cut out of its file. `content` is what its shape has cut: the text of a JSON row, the
    cells of a CSV row by column.
    """

    raw: Raw
    content: Any


class Parsed(NamedTuple):
    """A row that became a draft. `seq` is its place in the log that it was exported from."""

    raw: Raw
    draft: EventDraft
    seq: int | None = None


class Rejected(NamedTuple):
    """A row that is not imported, and why."""

    raw: Raw
    reason: str


Cut = TypeVar("Cut", bound=Row | Parsed | Rejected)


def batches(rows: Iterable[Cut]) -> Iterator[list[Cut]]:
    """All `rows`, in lists of about `CHUNK_ROWS` or `CHUNK_BYTES`."""
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
    """The text at `key`, empty when it is missing or null. Raises `RowError`."""
    value = values.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RowError(_("%(key)s: must be text") % {"key": key})
    return value


def mapping(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The JSON object at `key`, empty when it is missing or null. Raises `RowError`."""
    value = values.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise RowError(_("%(key)s: must be a JSON object") % {"key": key})
    return value
