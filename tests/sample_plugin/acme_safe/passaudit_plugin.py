"""passaudit imports this module when it starts. Each module registers what it declares."""

from acme_safe import event_types, formats, importers, kinds, pages  # noqa: F401
