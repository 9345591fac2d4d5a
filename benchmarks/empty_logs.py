"""Make empty organizations to write into, and check that their logs are complete."""

import secrets

from django.db.models import Count, Max, Min

from activity.models import Event, LogHead
from organizations.models import Organization
from organizations.plans import Plan


def make(name: str) -> Organization:
    """A new organization without events. The slug is unique, so a kept database can be reused."""
    slug = f"{name}-{secrets.token_hex(4)}"
    return Organization.objects.create(
        name=slug, slug=slug, plan=Plan.PROFESSIONAL, time_zone="UTC"
    )


def is_gapless(organization: Organization, rows: int) -> bool:
    """Whether the log has exactly `rows` events, numbered from 1, and `LogHead.size` agrees."""
    found = Event.objects.filter(organization=organization).aggregate(
        count=Count("pk"), first=Min("seq"), last=Max("seq")
    )
    size = LogHead.objects.get(organization=organization).size
    return found == {"count": rows, "first": 1, "last": rows} and size == rows
