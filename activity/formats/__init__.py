"""The forms in which single events leave, for the API and for whoever delivers them.

A format is a pure function from an event and its organization to what `to_json` writes. The event
is an `EventRow`, or what `queryset.values_list(*FIELDS, named=True)` gives.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from activity.formats.ecs import ecs
from activity.formats.native import FIELDS, EventRow, native, to_json
from activity.formats.ocsf import ocsf
from organizations.models import Organization

__all__ = ["FIELDS", "FORMATTERS", "EventFormat", "EventRow", "Formatter", "to_json"]

Formatter = Callable[[Any, Organization], dict[str, Any]]


class EventFormat(StrEnum):
    NATIVE = "native"
    OCSF = "ocsf"
    ECS = "ecs"


FORMATTERS: dict[EventFormat, Formatter] = {
    EventFormat.NATIVE: lambda row, _organization: native(row),
    EventFormat.OCSF: ocsf,
    EventFormat.ECS: ecs,
}
