"""What Proton Pass gives out: the JSON of its API in both casings, and the CSV of its page."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from activity.drafts import EventDraft
from activity.event_types import EVENT_TYPES
from activity.importers.base import Importer
from activity.importers.files.csv_rows import CsvShape
from activity.importers.files.json_rows import JsonShape
from activity.importers.files.rows import RowError, mapping, text
from activity.importers.files.times import read_time
from activity.importers.options import Options
from activity.importers.vendors.event_names import code_named

HEADERS = [
    ("Time", "User Name", "User Email", "Event", "IP"),
    ("Time", "User Name", "User Email", "Event", "Description", "IP"),
]


def _from_json(row: Mapping[str, Any], options: Options) -> EventDraft:
    """A row in either casing; old ones call `eventType` just `event`.

    What has no place in the log is kept in `data`, in one casing, so that a row is the same event
    whichever way it was downloaded.
    """
    rest = _camel_case(row)
    if "eventType" not in rest:
        rest["eventType"] = rest.pop("event", None)
    user = _taken_mapping(rest, "user")
    event_data = _taken_mapping(rest, "eventData")
    name = _taken(rest, "eventType")
    code = code_named(name)
    draft = partial(
        EventDraft,
        occurred_at=options.times.read(_taken(rest, "time")),
        event_type=code,
        ip=_taken(rest, "ip"),
        email=_taken(user, "email"),
        name=_taken(user, "name"),
        vault_id=_taken(event_data, "vaultId"),
        item_id=_taken(event_data, "itemId"),
        source="proton",
    )
    if code not in EVENT_TYPES and code != name:
        rest["eventType"] = name
    parts = {"user": user, "eventData": event_data}
    return draft(data=rest | {key: part for key, part in parts.items() if part})


def _from_csv(row: Mapping[str, str], options: Options) -> EventDraft:
    fields = {
        "time": row["Time"],
        "user": {"name": row["User Name"], "email": row["User Email"]},
        "eventType": row["Event"],
        "ip": row["IP"],
    }
    if row.get("Description"):
        fields["description"] = row["Description"]
    return _from_json(fields, options)


def _camel_case(values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` with keys that begin with a small letter: `EventType` and `IP` as in camelCase."""
    spelt = {key.lower() if key.isupper() else key[:1].lower() + key[1:]: key for key in values}
    if len(spelt) != len(values):
        raise RowError(_("has a key in two spellings"))
    return {key: values[original] for key, original in spelt.items()}


def _taken(values: dict[str, Any], key: str) -> str:
    """The text at `key`, which `values` then no longer has."""
    taken = text(values, key)
    values.pop(key, None)
    return taken


def _taken_mapping(values: dict[str, Any], key: str) -> dict[str, Any]:
    """The object at `key`, which `values` then no longer has. `[]` is how PHP writes `{}`."""
    if values.get(key) == []:
        values[key] = None
    taken = mapping(values, key)
    values.pop(key, None)
    return _camel_case(taken)


def _with_its_time_in_one_cell(cells: list[str]) -> list[str]:
    """Old downloads do not quote `Nov 22, 2026, 10:23 AM`."""
    time = ",".join(cells[:3])
    try:
        read_time(time)
    except RowError:
        return cells
    return [time, *cells[3:]]


PROTON = Importer(
    name="proton",
    title="Proton Pass JSON or CSV",
    shapes=[
        JsonShape(
            _from_json,
            known_by=[
                frozenset({time, event})
                for time in ("Time", "time")
                for event in ("EventType", "eventType", "Event", "event")
            ],
            pages=["Items", "items"],
        ),
        CsvShape(_from_csv, headers=HEADERS, mend=_with_its_time_in_one_cell),
    ],
    zone_is_customary=True,
)
