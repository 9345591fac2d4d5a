"""Concurrent writers: the events that each of them records, and the program of one writer.

`python -m tests.activity.crowd SLUG SEED` waits for a line on standard input, records its events,
and prints the receipts as JSON.
"""

import json
import random
import sys
from datetime import UTC, datetime, timedelta

import django

POOL = 900
START = datetime(2026, 11, 2, tzinfo=UTC)


def numbers(seed: int, count: int = 14) -> list[list[int]]:
    """Batches of random size. Other writers record the same events."""
    source = random.Random(seed)
    return [source.sample(range(POOL), source.randint(1, 70)) for _ in range(count)]


def drafts(batch: list[int]) -> list:
    """The events with these numbers. Some have an id; others are identified by their content."""
    from tests.factories import draft

    return [
        draft(
            occurred_at=START + timedelta(minutes=number % 300),
            event_type=("item.read", "item.used", "x.y")[number % 3],
            email=f"user{number % 60}@acme.example",
            item_id=f"i_{number}",
            source_id=str(number) if number % 4 else "",
        )
        for number in batch
    ]


def record_all(slug: str, seed: int) -> list[tuple[int, int, int]]:
    """`(accepted, duplicates, last_seq)` of each batch."""
    from activity.recording import record
    from organizations.models import Organization

    organization = Organization.objects.get(slug=slug)
    receipts = [record(organization, drafts(batch)) for batch in numbers(seed)]
    assert not any(receipt.conflicts for receipt in receipts)
    return [(receipt.accepted, receipt.duplicates, receipt.last_seq) for receipt in receipts]


if __name__ == "__main__":
    django.setup()
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    print(json.dumps(record_all(sys.argv[1], int(sys.argv[2]))))  # noqa: T201
