"""Generated events: as native JSON lines for imports, and as drafts for `record()`."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from activity.drafts import EventDraft
from benchmarks import dataset

PEOPLE = 2000
DAYS = 30
LATE = timedelta(days=3)


def write(path: Path, rows: int) -> None:
    """Write `rows` lines with times of the last month. One in a hundred is late."""
    with path.open("w") as file:
        for number, (moment, code, person, ip) in enumerate(_acts(rows, seed=1)):
            file.write(
                f'{{"id":"n{number}","occurred_at":"{moment:%Y-%m-%dT%H:%M:%S.%fZ}",'
                f'"event":"{code}","user":{{"email":"p{person}@import.example",'
                f'"name":"Person {person}"}},"ip":"{ip}","vault_id":"v_{number % 500}",'
                f'"item_id":"i_{number % 50000}","client":"Proton Pass for Firefox 1.31",'
                f'"data":{{}}}}\n'
            )


def batches(count: int, size: int, seed: int) -> list[list[EventDraft]]:
    """`count` batches of `size` drafts, different for each `seed`."""
    drafts = [
        EventDraft(
            occurred_at=moment,
            event_type=code,
            email=f"p{person}@writers.example",
            name=f"Person {person}",
            ip=ip,
            vault_id=f"v_{number % 500}",
            item_id=f"i_{number % 50000}",
            client="web",
            source_id=f"{seed}-{number}",
        )
        for number, (moment, code, person, ip) in enumerate(_acts(count * size, seed))
    ]
    return [drafts[start : start + size] for start in range(0, len(drafts), size)]


def _acts(rows: int, seed: int) -> Iterator[tuple[datetime, str, int, str]]:
    chance = random.Random(seed)
    codes = dataset.type_codes()
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    step = timedelta(days=DAYS) / rows
    for number in range(rows):
        moment = end - timedelta(days=DAYS) + number * step
        if number % 100 == 0:
            moment -= chance.random() * LATE
        ip = f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"
        person = int(PEOPLE * chance.random() ** 3)
        yield moment, chance.choice(codes), person, ip
