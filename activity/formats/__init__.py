"""The formats of single events, for the API and for destinations. Each has a module here."""

from activity.formats.base import FIELDS, FORMATS, EventFormat, EventRow, to_json
from activity.registry import import_modules

__all__ = ["FIELDS", "FORMATS", "EventFormat", "EventRow", "to_json"]

import_modules(__name__)
