"""Generate activity: the person, event type, time, IP address and app of each act. Pure."""

import heapq
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

from activity.event_types import EVENT_TYPES
from activity.seeding.people import Person, foreign_ip, home_ip

# Events of each type in a thousand. Other documented types are rare. "passkey.used" is not in the
# registry: it stands for a type that Proton has just added.
RATES = {
    "item.used": 360, "item.read": 330, "item.updated": 90, "item.created": 65,
    "item.trashed": 14, "item.deleted": 6, "item.flags_changed": 12, "item.untrashed": 6,
    "share.created": 14, "share.updated": 12, "share.deleted": 6,
    "secure_link.read": 12, "secure_link.created": 8, "secure_link.deleted": 3,
    "invite.created": 14, "invite.accepted": 12, "invite.rejected": 2, "invite.deleted": 2,
    "new_user_invite.created": 6, "vault.created": 9, "vault.updated": 6,
    "breach_email.created": 4, "breach_email.validated": 3, "passkey.used": 2,
}  # fmt: skip
RARE = 1
BY_ADMINISTRATORS = {
    "invite.created", "invite.deleted", "new_user_invite.created", "new_user_invite.deleted",
}  # fmt: skip

HOURS = [1, 0, 0, 0, 1, 2, 6, 22, 60, 90, 100, 95, 70, 80, 95, 90, 80, 55, 28, 16, 12, 10, 6, 3]
OFFICE_HOURS = range(8, 18)
WEEKEND = 0.07


@dataclass(frozen=True, slots=True)
class Scene:
    """An organization from `since` to `until`, both full hours."""

    people: Sequence[Person]
    zone: ZoneInfo
    office_ip: str
    since: datetime
    until: datetime


class Act(NamedTuple):
    moment: datetime
    event_type: str
    person: Person
    ip: str
    client: str


def invent_acts(rng: random.Random, scene: Scene, number: int) -> Iterator[Act]:
    """`number` acts in `scene`, ordered by time."""
    incident = _incident(rng, scene, number)
    everyday = _everyday(rng, scene, number - len(incident))
    return heapq.merge(everyday, incident, key=lambda act: act.moment)


def _everyday(rng: random.Random, scene: Scene, number: int) -> Iterator[Act]:
    documented = [known.code for known in EVENT_TYPES if known.is_documented]
    rates = dict.fromkeys(documented, RARE) | RATES
    codes, code_weights = list(rates), list(accumulate(rates.values()))
    person_weights = list(accumulate(_diligence(rng, len(scene.people))))
    administrators = scene.people[: 1 + len(scene.people) // 20]
    for hour, events in _hours(rng, scene, number):
        is_office_time = _is_office_time(hour.astimezone(scene.zone))
        moments = sorted(hour + timedelta(hours=rng.random()) for _ in range(events))
        event_types = rng.choices(codes, cum_weights=code_weights, k=events)
        people = rng.choices(scene.people, cum_weights=person_weights, k=events)
        for moment, event_type, person in zip(moments, event_types, people, strict=True):
            actor = rng.choice(administrators) if event_type in BY_ADMINISTRATORS else person
            ip, client = _whereabouts(rng, actor, moment, scene.office_ip if is_office_time else "")
            if event_type == "secure_link.read":  # by an unknown holder of the link
                ip, client = home_ip(rng), ""
            yield Act(moment, event_type, actor, ip, client)


def _diligence(rng: random.Random, number: int) -> list[float]:
    """The activity of each of `number` people: a few are very active, most are not."""
    weights = [(rank + 1) ** -0.8 for rank in range(number)]
    rng.shuffle(weights)
    return weights


def _hours(rng: random.Random, scene: Scene, number: int) -> Iterator[tuple[datetime, int]]:
    """Each hour of the scene with its share of `number`. Nights and weekends are quiet."""
    hours = []
    hour = scene.since
    while hour < scene.until:
        local = hour.astimezone(scene.zone)
        quiet = WEEKEND if local.weekday() >= 5 else 1
        hours.append((hour, HOURS[local.hour] * quiet * rng.uniform(0.7, 1.3)))
        hour += timedelta(hours=1)
    total = sum(weight for _, weight in hours)
    done, passed = 0, 0.0
    for hour, weight in hours:
        passed += weight
        due = round(number * min(passed / total, 1))
        yield hour, due - done
        done = due


def _is_office_time(local: datetime) -> bool:
    return local.weekday() < 5 and local.hour in OFFICE_HOURS


def _whereabouts(
    rng: random.Random, person: Person, moment: datetime, office_ip: str
) -> tuple[str, str]:
    """IP address and app. `office_ip` is empty outside of office hours."""
    if person.trip and person.trip.starts_at <= moment < person.trip.ends_at:
        return person.trip.ip, rng.choice([person.client, person.phone])
    if office_ip and rng.random() < 0.65:
        return office_ip, person.client
    return person.home_ip, person.client if rng.random() < 0.7 else person.phone


def _incident(rng: random.Random, scene: Scene, number: int) -> list[Act]:
    """One night in the last week: from abroad, an account reads many items and creates links."""
    night = (scene.until - timedelta(days=3)).astimezone(scene.zone)
    start = night.replace(hour=3, minute=12).astimezone(scene.until.tzinfo)
    if start < scene.since:
        return []
    person, ip, client = rng.choice(scene.people), foreign_ip(rng), "Proton Pass for Chrome 1.31.2"
    offsets = sorted(rng.uniform(0, 12 * 60) for _ in range(min(number // 20, 60)))
    return [
        Act(
            start + timedelta(seconds=offset),
            "secure_link.created" if index % 3 == 2 else "item.read",
            person,
            ip,
            client,
        )
        for index, offset in enumerate(offsets)
    ]
