"""The columns of the CSV: names, order and form, declared once for every way of exporting."""

import json
from datetime import UTC, datetime
from typing import Any

from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import Widget

from activity.event_types import EVENT_TYPES, event_type
from organizations.spreadsheets import FORMULA_STARTS, guard


def iso_utc(instant: datetime) -> str:
    """`2026-11-22T10:23:13.123456Z`, always with six digits."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


GUARDED = ",".join(str(ord(character)) for character in FORMULA_STARTS)


def guard_sql(text: str) -> str:
    """What `guard` does, of a text expression of PostgreSQL; nothing in place of no text."""
    return f"nullif(case when ascii({text}) in ({GUARDED}) then '''' || {text} else {text} end, '')"


class ColumnWidget(Widget):
    """A form that `render` gives to a value in Python, and `sql` to a column in PostgreSQL."""

    def sql(self, column: str) -> str:
        raise NotImplementedError


class TextWidget(ColumnWidget):
    def render(self, value: str | None, obj: Any = None, **kwargs: Any) -> str:
        return guard(value or "")

    def sql(self, column: str) -> str:
        return guard_sql(column)


class InstantWidget(ColumnWidget):
    def render(self, value: datetime, obj: Any = None, **kwargs: Any) -> str:
        return iso_utc(value)

    def sql(self, column: str) -> str:
        return f"""to_char({column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


class LabelWidget(ColumnWidget):
    def render(self, value: str, obj: Any = None, **kwargs: Any) -> str:
        return guard(str(event_type(value).label))

    def sql(self, column: str) -> str:
        labels = json.dumps({code: str(known.label) for code, known in EVENT_TYPES.items()})
        literal = labels.replace("'", "''").replace("%", "%%")
        return guard_sql(f"coalesce('{literal}'::jsonb ->> {column}, {column})")


class AddressWidget(ColumnWidget):
    def render(self, value: str | None, obj: Any = None, **kwargs: Any) -> str:
        return value or ""

    def sql(self, column: str) -> str:
        return f"host({column})"


class NumberWidget(ColumnWidget):
    def render(self, value: int, obj: Any = None, **kwargs: Any) -> str:
        return str(value)

    def sql(self, column: str) -> str:
        return column


class EventResource(Resource):
    """One event a row. `attribute` is a path of the ORM, `column_name` the header."""

    time = Field("occurred_at", "Time", InstantWidget())
    user_name = Field("actor__name", "User name", TextWidget())
    user_email = Field("actor__email", "User email", TextWidget())
    event = Field("event_type", "Event", LabelWidget())
    event_type = Field("event_type", "Event type", TextWidget())
    ip = Field("ip", "IP address", AddressWidget())
    vault_id = Field("vault_id", "Vault ID", TextWidget())
    item_id = Field("item_id", "Item ID", TextWidget())
    sequence = Field("seq", "Sequence", NumberWidget())
