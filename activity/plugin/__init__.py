"""The API for plugins: everything that docs/extending.md uses, and all that stays stable.

Within one major version of passaudit, names here are only added. Other modules may change at any
time, so plugins should import nothing else of passaudit.
"""

from activity.access import log_for_user, may, readable_organizations, require_feature
from activity.admin.base import AdministratorsAdmin
from activity.admin.pages import PAGES, LogPage
from activity.clock import iso_utc
from activity.delivery.forms import DestinationForm
from activity.delivery.kinds import KINDS
from activity.delivery.kinds.base import (
    DestinationKind,
    Message,
    Refused,
    Transport,
    Unavailable,
)
from activity.delivery.models import Destination
from activity.delivery.network.connections import Deadline, connect, connect_tls, explain_failures
from activity.delivery.network.endpoints import Endpoint
from activity.delivery.network.http import Answer, HttpClient, raise_for_status
from activity.drafts import EventDraft, InvalidDraft
from activity.event_types import CATEGORIES, EVENT_TYPES, Category, Color, EventType, Level
from activity.formats import FORMATS, EventFormat, EventRow, to_json
from activity.formats.native import native
from activity.importers import IMPORTERS, Importer
from activity.importers.files.csv_rows import CsvFormat
from activity.importers.files.json_rows import JsonFormat
from activity.importers.files.rows import RowError, Unusable, mapping, text
from activity.importers.options import Options, Person
from activity.models import Event
from activity.reading.query import LogQuery
from activity.recording import Receipt, record
from organizations.models import Organization, User
from organizations.plans import Feature

__all__ = [
    "CATEGORIES",
    "EVENT_TYPES",
    "FORMATS",
    "IMPORTERS",
    "KINDS",
    "PAGES",
    "AdministratorsAdmin",
    "Answer",
    "Category",
    "Color",
    "CsvFormat",
    "Deadline",
    "Destination",
    "DestinationForm",
    "DestinationKind",
    "Endpoint",
    "Event",
    "EventDraft",
    "EventFormat",
    "EventRow",
    "EventType",
    "Feature",
    "HttpClient",
    "Importer",
    "InvalidDraft",
    "JsonFormat",
    "Level",
    "LogPage",
    "LogQuery",
    "Message",
    "Options",
    "Organization",
    "Person",
    "Receipt",
    "Refused",
    "RowError",
    "Transport",
    "Unavailable",
    "Unusable",
    "User",
    "connect",
    "connect_tls",
    "explain_failures",
    "iso_utc",
    "log_for_user",
    "mapping",
    "may",
    "native",
    "raise_for_status",
    "readable_organizations",
    "record",
    "require_feature",
    "text",
    "to_json",
]
