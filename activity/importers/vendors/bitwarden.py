"""Bitwarden: the JSON of `GET /public/events` and the CSV of the web vault.

`data` holds the whole row. Bitwarden's events have no id.
"""

import io
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from activity.drafts import EventDraft, fitted_draft
from activity.importers.base import IMPORTERS, Importer
from activity.importers.files.csv_rows import CsvFormat
from activity.importers.files.json_rows import JsonFormat, json_object, json_rows
from activity.importers.files.rows import Rejected, Row, RowError, Unusable, text
from activity.importers.options import Options, Person, person
from activity.numbers import whole_number

HEADER = (
    "message", "appIcon", "appName", "userId", "userName", "userEmail", "date", "ip", "type",
    "installationId",
)  # fmt: skip
PAGES = ["data"]
MAX_NUMBER = 999_999

# The CSV names an event type where the JSON numbers it.
# Each release of Bitwarden adds types. Unlisted ones are kept as `bitwarden.<number or name>`.
NUMBERS = {
    "User_LoggedIn": 1000,
    "User_ChangedPassword": 1001,
    "User_Updated2fa": 1002,
    "User_Disabled2fa": 1003,
    "User_Recovered2fa": 1004,
    "User_FailedLogIn": 1005,
    "User_FailedLogIn2fa": 1006,
    "User_ClientExportedVault": 1007,
    "Cipher_Created": 1100,
    "Cipher_Updated": 1101,
    "Cipher_Deleted": 1102,
    "Cipher_AttachmentCreated": 1103,
    "Cipher_AttachmentDeleted": 1104,
    "Cipher_Shared": 1105,
    "Cipher_UpdatedCollections": 1106,
    "Cipher_ClientViewed": 1107,
    "Cipher_ClientToggledPasswordVisible": 1108,
    "Cipher_ClientToggledHiddenFieldVisible": 1109,
    "Cipher_ClientToggledCardCodeVisible": 1110,
    "Cipher_ClientCopiedPassword": 1111,
    "Cipher_ClientCopiedHiddenField": 1112,
    "Cipher_ClientCopiedCardCode": 1113,
    "Cipher_ClientAutofilled": 1114,
    "Cipher_SoftDeleted": 1115,
    "Cipher_Restored": 1116,
    "Cipher_ClientToggledCardNumberVisible": 1117,
    "Collection_Created": 1300,
    "Collection_Updated": 1301,
    "Collection_Deleted": 1302,
    "Group_Created": 1400,
    "Group_Updated": 1401,
    "Group_Deleted": 1402,
    "OrganizationUser_Invited": 1500,
    "OrganizationUser_Confirmed": 1501,
    "OrganizationUser_Updated": 1502,
    "OrganizationUser_Removed": 1503,
    "OrganizationUser_UpdatedGroups": 1504,
    "OrganizationUser_AdminResetPassword": 1508,
    "OrganizationUser_Revoked": 1511,
    "OrganizationUser_Restored": 1512,
    "OrganizationUser_Deleted": 1515,
    "OrganizationUser_Left": 1516,
    "Organization_Updated": 1600,
    "Organization_PurgedVault": 1601,
    "Organization_ClientExportedVault": 1602,
    "Policy_Updated": 1700,
    "Secret_Retrieved": 2100,
    "Secret_Created": 2101,
    "Secret_Edited": 2102,
    "Secret_Deleted": 2103,
    "Secret_PermanentlyDeleted": 2104,
    "Secret_Restored": 2105,
}

# A collection of Bitwarden is a vault here, a Send is a secure link.
CODES = {
    1000: "signin.succeeded",
    1005: "signin.failed",
    1006: "signin.failed",
    1007: "item.exported",
    1100: "item.created",
    1101: "item.updated",
    1102: "item.deleted",
    1105: "share.created",
    1106: "share.updated",
    1107: "item.read",
    1108: "item.read",
    1109: "item.read",
    1110: "item.read",
    1111: "item.copied",
    1112: "item.copied",
    1113: "item.copied",
    1114: "item.used",
    1115: "item.trashed",
    1116: "item.untrashed",
    1117: "item.read",
    1300: "vault.created",
    1301: "vault.updated",
    1302: "vault.deleted",
    1500: "invite.created",
    1501: "invite.accepted",
    1503: "invite.deleted",
    1602: "item.exported",
    **dict.fromkeys(range(2500, 2506), "secure_link.created"),
    2508: "secure_link.deleted",
    2509: "secure_link.deleted",
    2510: "secure_link.read",
    2511: "secure_link.read",
}

# Events of Sends have one name for each kind of content and recipient.
NAME_PREFIXES = {
    "Send_Created": "secure_link.created",
    "Send_Deleted": "secure_link.deleted",
    "Send_Accessed": "secure_link.read",
}

CLIENTS = {
    0: "Bitwarden for Android",
    1: "Bitwarden for iOS",
    2: "Bitwarden for Chrome",
    3: "Bitwarden for Firefox",
    4: "Bitwarden for Opera",
    5: "Bitwarden for Edge",
    6: "Bitwarden for Windows",
    7: "Bitwarden for macOS",
    8: "Bitwarden for Linux",
    9: "Bitwarden web vault in Chrome",
    10: "Bitwarden web vault in Firefox",
    11: "Bitwarden web vault in Opera",
    12: "Bitwarden web vault in Edge",
    13: "Bitwarden web vault in Internet Explorer",
    14: "Bitwarden web vault",
    15: "Bitwarden for Android",
    16: "Bitwarden for Windows",
    17: "Bitwarden web vault in Safari",
    18: "Bitwarden web vault in Vivaldi",
    19: "Bitwarden for Vivaldi",
    20: "Bitwarden for Safari",
    21: "Bitwarden SDK",
    22: "Bitwarden server",
    23: "Bitwarden CLI for Windows",
    24: "Bitwarden CLI for macOS",
    25: "Bitwarden CLI for Linux",
}


def _from_json(row: Mapping[str, Any], options: Options) -> EventDraft:
    number = row.get("type")
    if not isinstance(number, int) or isinstance(number, bool):
        raise RowError(_("type: must be a number"))
    device = row.get("device")
    user_id = text(row, "actingUserId")
    email, name = options.people.get(user_id, Person(user_id, ""))
    return fitted_draft(
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
    email, name = known or person(row["userEmail"], user_id, name=row["userName"])
    return fitted_draft(
        occurred_at=options.times.read(row["date"]),
        event_type=_code_named(row["type"]),
        email=email,
        name=name,
        ip=row["ip"],
        client=row["appName"],
        data=row,
        source="bitwarden",
    )


def _code_named(name: str) -> str:
    try:
        number: int | None = whole_number(name, 0, MAX_NUMBER)
    except ValueError:
        number = NUMBERS.get(name)
    if number is not None:
        return CODES.get(number, f"bitwarden.{number}")
    for prefix, code in NAME_PREFIXES.items():
        if name.startswith(prefix):
            return code
    return f"bitwarden.{name}" if name else ""


def people(stream: io.BufferedReader) -> dict[str, Person]:
    """People by user id, from responses of `GET /public/members`. Raises `Unusable`."""
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
    known.pop("", None)  # invited people who have not accepted yet
    return known


def _not_members(row: Row | Rejected, reason: object) -> str:
    message = _("The file of members is not usable: %(place)s: %(reason)s.")
    return message % {"place": row.raw.place, "reason": reason}


IMPORTERS.register(
    Importer(
        code="bitwarden",
        label="Bitwarden JSON or CSV",
        shapes=[
            JsonFormat(
                _from_json,
                known_by=[frozenset({"type", "date", "actingUserId"})],
                pages=PAGES,
            ),
            CsvFormat(_from_csv, headers=[HEADER]),
        ],
        people=people,
    )
)
