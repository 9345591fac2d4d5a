from typing import Any

from activity.plugin import FORMATS, EventFormat, EventRow, Organization, iso_utc


def write(row: EventRow, organization: Organization) -> dict[str, Any]:
    return {
        "@timestamp": iso_utc(row.occurred_at),
        "message": f"{row.actor__email or 'system'} {row.event_type}",
        "labels": {"organization": organization.slug, "ip": row.ip},
    }


FORMATS.register(EventFormat("acme-brief", "Acme brief", write))
