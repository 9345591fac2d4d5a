"""Store generated members and events."""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction

from activity.drafts import EventDraft
from activity.recording import record
from activity.seeding.arrivals import invent_events
from activity.seeding.people import Person, invent_people, office_ip
from activity.seeding.timeline import Scene
from organizations.models import Member, Organization, Role

BATCH = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """The amount of data for one organization, in the `days` before `until`, a full hour."""

    members: int
    events: int
    days: int
    until: datetime
    random_seed: int


@transaction.atomic
def plant(
    organization: Organization,
    wishes: Wishes,
    *,
    domain: str,
    advance: Callable[[int], object] = lambda stored: None,
) -> None:
    """Store members and events in one transaction. `advance` gets the number of events stored."""
    rng = random.Random(f"{wishes.random_seed} {organization.slug}")  # noqa: S311 - no secrets
    since = wishes.until - timedelta(days=wishes.days)
    people = invent_people(rng, domain, wishes.members, since, wishes.until)
    Member.objects.bulk_create(_members(organization, people, since), batch_size=1000)
    scene = Scene(people, organization.zone, office_ip(rng), since, wishes.until)
    for drafts in _batches(invent_events(rng, scene, wishes.events)):
        advance(record(organization, drafts).accepted)


def _members(
    organization: Organization, people: Iterable[Person], since: datetime
) -> Iterator[Member]:
    """The first person owns the organization, the second is an administrator."""
    for person in people:
        yield Member(
            organization=organization,
            email=person.email,
            name=person.name,
            role={0: Role.OWNER, 1: Role.ADMIN}.get(person.number, Role.MEMBER),
            created_at=since,
        )


def _batches(drafts: Iterator[EventDraft]) -> Iterator[list[EventDraft]]:
    while batch := list(islice(drafts, BATCH)):
        yield batch
