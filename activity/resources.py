"""The columns of the CSV: names, order and form, declared once for every way of exporting."""

from datetime import UTC, datetime
from typing import Any

from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import Widget

from activity.event_types import event_type
from organizations.spreadsheets import guard


def iso_utc(instant: datetime) -> str:
    """`2026-11-22T10:23:13.123456Z`, always with six digits."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


class TextWidget(Widget):
    def render(self, value: str | None, obj: Any = None, **kwargs: Any) -> str:
        return guard(value or "")


class InstantWidget(Widget):
    def render(self, value: datetime, obj: Any = None, **kwargs: Any) -> str:
        return iso_utc(value)


class LabelWidget(Widget):
    def render(self, value: str, obj: Any = None, **kwargs: Any) -> str:
        return guard(str(event_type(value).label))


class PlainWidget(Widget):
    """For what a machine wrote and no spreadsheet can mistake: addresses and numbers."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value)


class EventResource(Resource):
    """One event a row. `attribute` is a path of the ORM, `column_name` the header."""

    time = Field("occurred_at", "Time", InstantWidget())
    user_name = Field("actor__name", "User name", TextWidget())
    user_email = Field("actor__email", "User email", TextWidget())
    event = Field("event_type", "Event", LabelWidget())
    event_type = Field("event_type", "Event type", TextWidget())
    ip = Field("ip", "IP address", PlainWidget())
    vault_id = Field("vault_id", "Vault ID", TextWidget())
    item_id = Field("item_id", "Item ID", TextWidget())
    sequence = Field("seq", "Sequence", PlainWidget())
