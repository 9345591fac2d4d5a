"""What Bitwarden gives out: `GET /public/events` as JSON, and the CSV of the web vault.

The row is kept whole in `data`. Bitwarden gives an event no id.
"""

import io
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from activity.drafts import EventDraft
from activity.importers.base import Importer
from activity.importers.files.csv_rows import CsvShape
from activity.importers.files.json_rows import JsonShape, json_object, json_rows
from activity.importers.files.rows import Rejected, Row, RowError, Unusable, text
from activity.importers.options import Options, Person
from activity.importers.vendors.bitwarden_codes import CLIENTS, CODES, NAME_BEGINNINGS, NUMBERS

HEADER = (
    "message", "appIcon", "appName", "userId", "userName", "userEmail", "date", "ip", "type",
    "installationId",
)  # fmt: skip
PAGES = ["data"]


def _from_json(row: Mapping[str, Any], options: Options) -> EventDraft:
    number = row.get("type")
    if not isinstance(number, int) or isinstance(number, bool):
        raise RowError(_("type: must be a number"))
    device = row.get("device")
    user_id = text(row, "actingUserId")
    email, name = options.people.get(user_id, Person(user_id, ""))
    return EventDraft(
        occurred_at=options.times.read(text(row, "date")),
        event_type=CODES.get(number, f"bitwarden.{number}"),
        email=email,
        name=name,
        ip=text(row, "ipAddress"),
        vault_id=text(row, "collectionId"),
        item_id=text(row, "itemId"),
        client=CLIENTS.get(device, "") if isinstance(device, int) else "",
        data=row,
        source="bitwarden",
    )


def _from_csv(row: Mapping[str, str], options: Options) -> EventDraft:
    user_id = row["userId"]
    known = options.people.get(user_id)
    email, name = known or Person(row["userEmail"] or user_id, row["userName"])
    return EventDraft(
        occurred_at=options.times.read(row["date"]),
        event_type=_code_named(row["type"]),
        email=email,
        name=name if email else "",
        ip=row["ip"],
        client=row["appName"],
        data=row,
        source="bitwarden",
    )


def _code_named(name: str) -> str:
    number = int(name) if name.isascii() and name.isdigit() else NUMBERS.get(name)
    if number is not None:
        return CODES.get(number, f"bitwarden.{number}")
    for beginning, code in NAME_BEGINNINGS.items():
        if name.startswith(beginning):
            return code
    return f"bitwarden.{name}" if name else ""


def people(stream: io.BufferedReader) -> dict[str, Person]:
    """The people in answers of `GET /public/members`, by their user's id. Raises `Unusable`."""
    known = {}
    for row in json_rows(stream, PAGES):
        if isinstance(row, Rejected):
            raise Unusable(_not_members(row, row.reason))
        try:
            member = json_object(row.content)
            user_id = text(member, "userId")
            known[user_id] = Person(text(member, "email"), text(member, "name"))
        except RowError as error:
            raise Unusable(_not_members(row, error)) from None
    known.pop("", None)  # who has not accepted the invite yet
    return known


def _not_members(row: Row | Rejected, reason: object) -> str:
    message = _("The file of members is not usable: %(place)s: %(reason)s.")
    return message % {"place": row.raw.place, "reason": reason}


BITWARDEN = Importer(
    name="bitwarden",
    title="Bitwarden JSON or CSV",
    shapes=[
        JsonShape(
            _from_json,
            known_by=[frozenset({"type", "date", "actingUserId"})],
            pages=PAGES,
        ),
        CsvShape(_from_csv, headers=[HEADER]),
    ],
    people=people,
)
