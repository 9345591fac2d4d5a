"""A small log with the skewed distributions of a large one, for tests of the planner."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from django.db import connection

from activity.drafts import EventDraft
from activity.models import Actor
from activity.recording import record
from benchmarks import dataset
from organizations.models import Organization
from tests import factories

EVENTS, PEOPLE, DORMANT = 27_000, 2_000, 400
LATEST = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
EARLIEST = LATEST - timedelta(days=dataset.DAYS)
BATCH = 5_000


OTHERS = ("org-2", "org-3", "org-4")


def plant() -> Organization:
    """Create the queried log and others, and update the statistics."""
    plant_others()
    return plant_largest()


def plant_others() -> None:
    for slug in OTHERS:
        _plant(slug, EVENTS // 9)


def plant_largest() -> Organization:
    """Create the queried log."""
    return _plant(dataset.LARGEST, EVENTS)


def analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE activity_event, activity_actor")


def _plant(slug: str, events: int) -> Organization:
    organization = factories.OrganizationFactory(slug=slug, time_zone="UTC")
    drafts = list(_drafts(random.Random(slug), slug, events))
    for start in range(0, events, BATCH):
        record(organization, drafts[start : start + BATCH])
    _plant_dormant(organization)
    return organization


def _drafts(source: random.Random, slug: str, events: int) -> Iterator[EventDraft]:
    """Two years of events, in order of recording. A few people have most of them."""
    codes = list(dataset.TYPE_SHARES)
    weights = list(dataset.TYPE_SHARES.values())
    for number in range(events):
        person = 1 + int(PEOPLE * source.random() ** 3)
        yield EventDraft(
            occurred_at=LATEST - timedelta(days=dataset.DAYS) * (1 - number / events),
            event_type=source.choices(codes, weights)[0],
            email=_address(person, slug),
            name=f"Person {person}",
            ip=_ip(source),
            source_id=str(number),
        )


def _address(person: int, slug: str) -> str:
    if person == PEOPLE // 2:
        return f"u10000@{slug}.example"
    group = ".trio" if person in (3, 300, 1500) else ".finance" if person % 3 == 1 < person else ""
    return f"u{person}{group}@{slug}.example"


def _ip(source: random.Random) -> str:
    luck = source.random()
    if luck < 0.05:
        return dataset.OFFICE_IP
    if luck < 0.40:
        return f"198.51.{int(256 * source.random() ** 2)}.{source.randrange(256)}"
    if luck < 0.90:
        return str(ip_address("10.0.0.0") + source.randrange(2**24))
    return source.choice(dataset.IPV6_NETWORKS) + f"{source.randrange(1, 2**16):x}"


def _plant_dormant(organization: Organization) -> None:
    """Create actors without events."""
    Actor.objects.bulk_create(
        Actor(
            organization=organization,
            email=(email := f"d{number}.dormant@{organization.slug}.example"),
            email_key=email,
            search_key=f"{email}\n",
        )
        for number in range(DORMANT)
    )
