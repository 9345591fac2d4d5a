"""The columns of the CSV, declared once as a django-import-export resource.

The database formats the cells. So the resource and the streamed export write the same text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import QuerySet
from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import Widget

from activity.event_types import EVENT_TYPES, english_label
from activity.exports import copy
from activity.models import Event
from organizations.spreadsheets import FORMULA_STARTS, guard

BATCH_SIZE = 2000  # rows
GUARDED = ",".join(str(ord(character)) for character in FORMULA_STARTS)


@dataclass(frozen=True, slots=True)
class Dialect:
    """SQL that differs between databases. `{0}` stands for an expression."""

    instant: str
    address: str
    code_point: str


DIALECTS = {
    "postgresql": Dialect(
        instant="""to_char({0} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
        address="host({0})",
        code_point="ascii({0})",
    ),
    # SQLite stores times as text: 2026-11-22 10:23:13, and microseconds unless they are 0.
    "sqlite": Dialect(
        instant="substr({0}, 1, 10) || 'T' || substr({0} || '.000000', 12, 15) || 'Z'",
        address="{0}",
        code_point="unicode({0})",
    ),
}


class ColumnWidget(Widget):
    """How a value is written: `sql` formats a database column as text."""

    def sql(self, column: str, dialect: Dialect) -> str:
        raise NotImplementedError


class TextWidget(ColumnWidget):
    """Text, guarded against formulas like `spreadsheets.guard` does; NULL if empty."""

    def sql(self, column: str, dialect: Dialect) -> str:
        first = dialect.code_point.format(column)
        guarded = f"case when {first} in ({GUARDED}) then '''' || {column} else {column} end"
        return f"nullif({guarded}, '')"


class InstantWidget(ColumnWidget):
    """A time in UTC, to the microsecond."""

    def sql(self, column: str, dialect: Dialect) -> str:
        return dialect.instant.format(column)


class LabelWidget(TextWidget):
    """The English label of an event type; the code if the type is unknown."""

    def sql(self, column: str, dialect: Dialect) -> str:
        labels = " ".join(
            f"when {_literal(code)} then {_literal(guard(english_label(code)))}"
            for code in EVENT_TYPES.codes()
        )
        return f"case {column} {labels} else {super().sql(column, dialect)} end"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


class AddressWidget(ColumnWidget):
    def sql(self, column: str, dialect: Dialect) -> str:
        return dialect.address.format(column)


class NumberWidget(ColumnWidget):
    def sql(self, column: str, dialect: Dialect) -> str:
        return column


class Column(Field):
    """A column. `attribute` is an ORM path, `column_name` the heading, `widget` the format."""

    def get_value(self, row: Mapping[str, Any]) -> Any:
        """The cell of a row that `EventResource.iter_queryset` yields."""
        return row[self.column_name]


class EventResource(Resource):
    """One row an event. The order of the declarations is the order of the columns."""

    time = Column("occurred_at", "Time", InstantWidget())
    user_name = Column("actor__name", "User name", TextWidget())
    user_email = Column("actor__email", "User email", TextWidget())
    event = Column("event_type", "Event", LabelWidget())
    event_type = Column("event_type", "Event type", TextWidget())
    ip = Column("ip", "IP address", AddressWidget())
    vault_id = Column("vault_id", "Vault ID", TextWidget())
    item_id = Column("item_id", "Item ID", TextWidget())
    sequence = Column("seq", "Sequence", NumberWidget())

    def headings(self) -> list[str]:
        return [column.column_name for column in self.get_export_fields()]

    def select(self, events: QuerySet[Event]) -> "copy.FormattedRows":
        """The query of the cells of `events`, for PostgreSQL and SQLite."""
        columns = self.get_export_fields()
        rows = events.values_list(*(column.attribute for column in columns))
        dialect = DIALECTS[connections[rows.db].vendor]
        return copy.FormattedRows(
            rows,
            [column.widget.sql(f"c{number}", dialect) for number, column in enumerate(columns)],
        )

    def iter_queryset(self, queryset: QuerySet[Event]) -> Iterator[dict[str, Any]]:
        """Rows for `Resource.export()`, formatted by the database: cells by heading."""
        headings = self.headings()
        for batch in self.select(queryset).fetch(BATCH_SIZE):
            for cells in batch:
                yield dict(zip(headings, cells, strict=True))
