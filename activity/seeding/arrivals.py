"""Generate complete events in the order of their arrival at the log. Pure."""

import heapq
import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from activity.drafts import EventDraft
from activity.seeding.people import Person
from activity.seeding.timeline import Act, Scene, invent_acts

BY_THE_SYSTEM = {"invite.rejected"}
ITEMS_PER_VAULT = 50


def invent_events(rng: random.Random, scene: Scene, number: int) -> Iterator[EventDraft]:
    """`number` events of `scene`, ordered by `received_at`.

    Some `item.read` events arrive minutes or days late, as from a phone that was off.
    """
    waiting: list[tuple[datetime, int, Act]] = []
    for index, act in enumerate(invent_acts(rng, scene, number)):
        while waiting and waiting[0][0] <= act.moment:
            yield _draft(rng, heapq.heappop(waiting))
        received_at = min(act.moment + _delay(rng, act), scene.until)
        heapq.heappush(waiting, (received_at, index, act))
    while waiting:
        yield _draft(rng, heapq.heappop(waiting))


def _delay(rng: random.Random, act: Act) -> timedelta:
    """The time between an event and its arrival."""
    if act.event_type == "item.read":
        luck = rng.random()
        if luck < 0.01:
            return timedelta(days=rng.uniform(0.5, 3))
        if luck < 0.12:
            return timedelta(minutes=rng.expovariate(1 / 45))
    return timedelta(seconds=rng.uniform(0.05, 0.5))


def _draft(rng: random.Random, arrival: tuple[datetime, int, Act]) -> EventDraft:
    received_at, _, act = arrival
    event_type, person, moment = act.event_type, act.person, act.moment
    source_id = f"{rng.getrandbits(64):016x}"
    if event_type in BY_THE_SYSTEM:
        return EventDraft(
            occurred_at=moment,
            event_type=event_type,
            source_id=source_id,
            received_at=received_at,
        )
    vault, item = _things(rng, event_type, person)
    return EventDraft(
        # The apps report reads in whole seconds.
        occurred_at=moment.replace(microsecond=0) if event_type == "item.read" else moment,
        event_type=event_type,
        email=person.email,
        name=person.name_at(moment),
        ip=act.ip,
        client=act.client,
        vault_id=vault,
        item_id=item,
        source_id=source_id,
        received_at=received_at,
    )


def _things(rng: random.Random, event_type: str, person: Person) -> tuple[str, str]:
    """Vault and item of an event. Some vaults are shared; some items are used more often."""
    category, _, _ = event_type.partition(".")
    if category in {"invite", "new_user_invite", "breach_email"}:
        return "", ""
    is_shared = category in {"share", "vault"} or rng.random() < 0.4
    vault = person.number // 5 * 6 if is_shared else person.number // 5 * 6 + 1 + person.number % 5
    if category in {"share", "vault"}:
        return f"v_{vault}", ""
    return f"v_{vault}", f"i_{vault * ITEMS_PER_VAULT + int(ITEMS_PER_VAULT * rng.random() ** 2)}"
