"""Read rows from JSON: one object a line, arrays of objects, or API responses with one."""

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

import jiter
from django.utils.translation import gettext as _

from activity.drafts import EventDraft
from activity.importers.files.json_elements import SEPARATORS, elements
from activity.importers.files.lines import HEAD_BYTES, decoded, open_text
from activity.importers.files.rows import NO_ROWS, Rejected, Row, RowError, Unusable
from activity.importers.options import Options
from activity.nesting import MAX_DEPTH

STARTS_AN_OBJECT = re.compile(rb"^[%s]*[\[{]" % re.escape(SEPARATORS), re.MULTILINE)


@dataclass(frozen=True, slots=True)
class JsonFormat:
    """Rows that are JSON objects. `draft` makes a draft of a row.

    A row has this format if it has all keys of one set in `known_by`. `pages` are the keys of the
    arrays of rows in an API response. `seq` is the key of the event's position in the exported log.
    """

    draft: Callable[[Mapping[str, Any], Options], EventDraft]
    known_by: Sequence[frozenset[str]]
    pages: Sequence[str] = ()
    seq: str = ""

    def sniff(self, head: bytes) -> int:
        """How well the first readable row in `head` has this format: 0 if it has not, more for
        more keys, `NO_ROWS` if there is no row."""
        try:
            for row in self.rows(open_text(io.BytesIO(head))):
                if isinstance(row, Rejected):
                    continue
                with suppress(RowError):
                    return self._known(self.values(row.content).keys())
        except Unusable:
            return 0
        is_empty = not head.strip(SEPARATORS + b"[]")
        return (
            NO_ROWS if is_empty or any(f'"{page}"'.encode() in head for page in self.pages) else 0
        )

    def _known(self, keys: Set[str]) -> int:
        return max((NO_ROWS + len(known) for known in self.known_by if known <= keys), default=0)

    def rows(self, stream: io.BufferedReader) -> Iterator[Row | Rejected]:
        """Each row of `stream`. Raises `Unusable` if it is not JSON."""
        return json_rows(stream, self.pages)

    def values(self, content: bytes) -> dict[str, Any]:
        """The object in the text of a row. Raises `RowError`."""
        return json_object(content)


def json_rows(stream: io.BufferedReader, pages: Sequence[str]) -> Iterator[Row | Rejected]:
    """The text of each row of JSON, see `elements`. Raises `Unusable` if it is not JSON."""
    head = stream.peek()
    is_blank = not head.strip(SEPARATORS)
    has_whole_line = b"\n" in head or len(head) < HEAD_BYTES
    if not is_blank and has_whole_line and not STARTS_AN_OBJECT.search(head):
        raise Unusable(_("The file is not JSON. Is it another format?"))
    for raw in elements(stream, pages):
        yield raw if isinstance(raw, Rejected) else Row(raw, raw.content)


def loads(text: str) -> Any:
    """Decode strict JSON, without repeated keys and NaN. Raises `RowError`."""
    try:
        return json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_constant)
    except RowError:
        raise
    except RecursionError:
        raise RowError(_("is nested deeper than %(limit)d levels") % {"limit": MAX_DEPTH}) from None
    except ValueError as error:
        raise RowError(_("is not valid JSON: %(error)s") % {"error": error}) from None


def json_object(content: bytes) -> dict[str, Any]:
    """The object in the text of one row. Raises `RowError`."""
    values = _loads(content)
    if not isinstance(values, dict):
        raise RowError(_("is not a JSON object"))
    return values


def _loads(content: bytes) -> Any:
    """A faster `loads`. Invalid rows and half surrogate pairs go to `loads`, whose errors are
    clearer."""
    try:
        return jiter.from_json(content, catch_duplicate_keys=True, allow_inf_nan=False)
    except ValueError:
        return loads(decoded(content))


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in pairs:
        if key in values:
            raise RowError(_("has the key %(key)s twice") % {"key": key})
        values[key] = value
    return values


def _no_constant(name: str) -> NoReturn:
    raise RowError(_("%(name)s is not valid JSON") % {"name": name})
