"""The columns of the CSV: names, order and form, declared once for every way of exporting."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import Widget

from activity.clock import iso_utc
from activity.event_types import EVENT_TYPES, english_label
from organizations.spreadsheets import FORMULA_STARTS, guard

GUARDED = ",".join(str(ord(character)) for character in FORMULA_STARTS)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What databases do not spell alike, with `{0}` for an expression."""

    instant: str
    address: str
    code_point: str


DIALECTS = {
    "postgresql": Dialect(
        instant="""to_char({0} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
        address="host({0})",
        code_point="ascii({0})",
    ),
    "sqlite": Dialect(  # keeps times as text: 2026-11-22 10:23:13, and microseconds unless 0
        instant="substr({0}, 1, 10) || 'T' || substr({0} || '.000000', 12, 15) || 'Z'",
        address="{0}",
        code_point="unicode({0})",
    ),
}


def guard_sql(text: str, dialect: Dialect) -> str:
    """What `guard` does, of a text expression; nothing in place of no text."""
    first = dialect.code_point.format(text)
    return f"nullif(case when {first} in ({GUARDED}) then '''' || {text} else {text} end, '')"


class ColumnWidget(Widget):
    """A form that `render` gives to a value in Python, and `sql` to a column in a database."""

    def sql(self, column: str, dialect: Dialect) -> str:
        raise NotImplementedError


class TextWidget(ColumnWidget):
    def render(self, value: str | None, obj: Any = None, **kwargs: Any) -> str:
        return guard(value or "")

    def sql(self, column: str, dialect: Dialect) -> str:
        return guard_sql(column, dialect)


class InstantWidget(ColumnWidget):
    def render(self, value: datetime, obj: Any = None, **kwargs: Any) -> str:
        return iso_utc(value)

    def sql(self, column: str, dialect: Dialect) -> str:
        return dialect.instant.format(column)


class LabelWidget(ColumnWidget):
    def render(self, value: str, obj: Any = None, **kwargs: Any) -> str:
        return guard(english_label(value))

    def sql(self, column: str, dialect: Dialect) -> str:
        labels = " ".join(
            f"when {_literal(code)} then {_literal(guard(english_label(code)))}"
            for code in EVENT_TYPES
        )
        return f"case {column} {labels} else {guard_sql(column, dialect)} end"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


class AddressWidget(ColumnWidget):
    def render(self, value: str | None, obj: Any = None, **kwargs: Any) -> str:
        return value or ""

    def sql(self, column: str, dialect: Dialect) -> str:
        return dialect.address.format(column)


class NumberWidget(ColumnWidget):
    def render(self, value: int, obj: Any = None, **kwargs: Any) -> str:
        return str(value)

    def sql(self, column: str, dialect: Dialect) -> str:
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
