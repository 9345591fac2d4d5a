"""One native event as API clients send it, read by the parser of `import_events`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from activity.drafts import EventDraft
from activity.importers.files.rows import RowError
from activity.importers.files.times import NoZoneError
from activity.importers.options import Options
from activity.importers.vendors.native import native_draft as imported_draft

READ_ONLY = frozenset({"seq", "received_at"})


def native_draft(event: Mapping[str, Any]) -> EventDraft:
    """The event that `event` tells. Raises `RowError` and `InvalidDraft`.

    `READ_ONLY` is what this log says of an event, not what a client says: it is left out of
    account, so that lines that were read can be sent to another log as they are.
    """
    if not event.get("occurred_at"):
        raise RowError(_("occurred_at: is missing"))
    told = {name: value for name, value in event.items() if name not in READ_ONLY}
    try:
        return imported_draft(told, Options())
    except NoZoneError:
        message = _("occurred_at: has no offset from UTC; add one, such as Z or +01:00")
        raise RowError(message) from None
