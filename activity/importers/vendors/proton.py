"""Proton Pass: the JSON of its API in both casings, and the CSV of its page."""

import re
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from activity.drafts import EventDraft, fitted_draft
from activity.event_types import EVENT_TYPES
from activity.importers.base import IMPORTERS, Importer
from activity.importers.files.csv_rows import CsvFormat
from activity.importers.files.json_rows import JsonFormat
from activity.importers.files.rows import RowError, mapping, text
from activity.importers.files.times import read_time
from activity.importers.options import Options, person

# Wire names and labels of newer clients that differ from our label without its spaces.
OTHER_NAMES = {
    "itemchangedflags": "item.flags_changed",
    "itemautofilled": "item.used",
}
COLUMNS = ("Time", "User Name", "User Email", "Event", "IP")
OLD_COLUMNS = ("Time", "User Name", "User Email", "Event", "Description", "IP")


def code_named(name: str) -> str:
    """The code of an event called `ItemRead`, `Item Read` or `item read`.

    An unknown name becomes a code of its own. It is the same for the wire name and the label:
    `Vault Archived` and `VaultArchived` both become `VaultArchived`.
    """
    words = re.findall(r"[^\s,\x00-\x1f]+", name)
    code = _codes().get("".join(words).casefold())
    return code or "".join(word[0].upper() + word[1:] for word in words).lstrip("-")


@cache
def _codes() -> dict[str, str]:
    with translation.override(None):
        labels = {str(known.label): known.code for known in reversed([*EVENT_TYPES])}
    return {label.replace(" ", "").casefold(): code for label, code in labels.items()} | OTHER_NAMES


def _from_json(row: Mapping[str, Any], options: Options) -> EventDraft:
    """The draft of a JSON row in either casing. Old rows call `eventType` just `event`."""
    rest = _camel_case(row)
    if "eventType" not in rest:
        rest["eventType"] = rest.pop("event", None)
    user = _taken_mapping(rest, "user")
    event_data = _taken_mapping(rest, "eventData")
    draft = partial(
        _draft,
        event=_taken(rest, "eventType"),
        occurred_at=options.times.read(_taken(rest, "time")),
        ip=_taken(rest, "ip"),
        email=_taken(user, "email"),
        name=_taken(user, "name"),
        vault_id=_taken(event_data, "vaultId"),
        item_id=_taken(event_data, "itemId"),
    )
    parts = {"user": user, "eventData": event_data}
    return draft(rest=rest | {key: part for key, part in parts.items() if part})


def _from_csv(row: Mapping[str, str], options: Options) -> EventDraft:
    others = {key: cell for key, cell in row.items() if key not in COLUMNS and cell}
    return _draft(
        event=row["Event"],
        occurred_at=options.times.read(row["Time"]),
        ip=row["IP"],
        email=row["User Email"],
        name=row["User Name"],
        rest=_camel_case(others),
    )


def _draft(*, event: str, email: str, name: str, rest: dict[str, Any], **values: Any) -> EventDraft:
    """The draft of an event with Proton's name `event`.

    `rest`, in camelCase, has no column in the log and is kept in `data`, with the name of the event
    if the code does not say it.
    """
    code = code_named(event)
    if code not in EVENT_TYPES and code != event:
        rest = {**rest, "eventType": event}
    email, name = person(email, name=name)
    return fitted_draft(
        event_type=code, email=email, name=name, data=rest, source="proton", **values
    )


def _camel_case(values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` with keys in camelCase: `EventType` becomes `eventType`, `IP` becomes `ip`."""
    spelt = {key.lower() if key.isupper() else key[:1].lower() + key[1:]: key for key in values}
    if len(spelt) != len(values):
        raise RowError(_("has a key in two spellings"))
    return {key: values[original] for key, original in spelt.items()}


def _taken(values: dict[str, Any], key: str) -> str:
    """Remove and return the text at `key`."""
    taken = text(values, key)
    values.pop(key, None)
    return taken


def _taken_mapping(values: dict[str, Any], key: str) -> dict[str, Any]:
    """Remove and return the object at `key`. PHP writes an empty object as `[]`."""
    if values.get(key) == []:
        values[key] = None
    taken = mapping(values, key)
    values.pop(key, None)
    return _camel_case(taken)


def _repaired(cells: list[str], columns: tuple[str, ...]) -> list[str]:
    """Join cells that older downloads do not quote, although they have commas: the time, such as
    `Nov 22, 2026, 10:23 AM`, the name, which ends before the address, and the description."""
    if columns not in (COLUMNS, OLD_COLUMNS):
        return cells
    cells = _with_joined_time(cells)
    addresses = [number for number, cell in enumerate(cells) if number > 1 and "@" in cell]
    if columns == COLUMNS:  # nothing after the address has commas
        addresses = [number for number in addresses if number == len(cells) - len(columns[2:])]
    if addresses:
        email = addresses[0]
        cells[1:email] = [",".join(cells[1:email])]
    if columns == OLD_COLUMNS:
        cells[4:-1] = [",".join(cells[4:-1])]
    return cells


def _with_joined_time(cells: list[str]) -> list[str]:
    time = ",".join(cells[:3])
    try:
        read_time(time)
    except RowError:
        return cells
    return [time, *cells[3:]]


IMPORTERS.register(
    Importer(
        code="proton",
        label="Proton Pass JSON or CSV",
        shapes=[
            JsonFormat(
                _from_json,
                known_by=[
                    frozenset({time, event})
                    for time in ("Time", "time")
                    for event in ("EventType", "eventType", "Event", "event")
                ],
                pages=["Items", "items"],
            ),
            CsvFormat(_from_csv, headers=[COLUMNS], repair=_repaired, takes_others=True),
        ],
        zone_is_customary=True,
    )
)
