"""`record()` is the only way to add events to a log."""

from activity.recording.duplicates import BatchContext
from activity.recording.writer import Receipt, record

__all__ = ["BatchContext", "Receipt", "record"]
