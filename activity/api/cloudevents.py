"""CloudEvents 1.0 as envelopes of native events: https://github.com/cloudevents/spec

The attributes `type` and `time` are the event's code and time. `source` and `id` together are its
identity, as the specification says. `data` holds the rest of a native event: user, ip, vault_id,
item_id, client, data. Whatever else the envelope says is kept in the event's own data.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext as _

from activity.api.native_events import native_draft
from activity.drafts import EventDraft
from activity.importers.files.rows import RowError, mapping, text

REQUIRED = ("specversion", "id", "source", "type", "time")
FROM_ENVELOPE = frozenset({"id", "occurred_at", "event"})
NOT_KEPT = frozenset({"specversion", "type", "time", "data", "datacontenttype"})
KEPT_AS = "cloudevent"
HEADER_PREFIX = "ce-"


def cloudevent_draft(envelope: Mapping[str, Any]) -> EventDraft:
    """The event in the envelope. Raises `RowError` and `InvalidDraft`."""
    attributes = {name: text(envelope, name) for name in REQUIRED}
    missing = [name for name, value in attributes.items() if not value]
    if missing:
        raise RowError(_("lacks %(names)s") % {"names": ", ".join(missing)})
    if attributes["specversion"] != "1.0":
        raise RowError(_("specversion: only 1.0 is known"))
    if "data_base64" in envelope:
        raise RowError(_("data_base64: send the data as JSON"))
    data = mapping(envelope, "data")
    taken = sorted(FROM_ENVELOPE & data.keys())
    if taken:
        raise RowError(_("data: leave %(names)s to the envelope") % {"names": ", ".join(taken)})
    draft = native_draft({**data, "event": attributes["type"], "occurred_at": attributes["time"]})
    if KEPT_AS in draft.data:
        raise RowError(_("data: leave the key %(key)s to us") % {"key": KEPT_AS})
    kept = {name: value for name, value in envelope.items() if name not in NOT_KEPT}
    return dataclasses.replace(
        draft,
        data={**draft.data, KEPT_AS: kept},
        source="cloudevents",
        source_id=f"{attributes['source']} {attributes['id']}",
    )


def envelope_of(headers: Mapping[str, str], data: Any) -> dict[str, Any]:
    """The envelope of a message in binary mode, whose attributes are headers."""
    attributes = {
        name.lower().removeprefix(HEADER_PREFIX): unquote(value)
        for name, value in headers.items()
        if name.lower().startswith(HEADER_PREFIX)
    }
    return {**attributes, "data": data}
