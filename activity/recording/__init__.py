"""The one way for events to enter the log: `record()`."""

from activity.recording.writer import BatchContext, Receipt, record

__all__ = ["BatchContext", "Receipt", "record"]
