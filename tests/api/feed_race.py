"""Eight processes record while one reads the feed: `python -m tests.api.feed_race EVENTS`.

It is a separate program, because on SQLite other processes cannot use pytest's database. It prints
the sequence numbers that the reader received, as JSON.
"""

import json
import multiprocessing
import sys
import time

WRITERS = 8
BATCH = 100


def set_up() -> None:
    import django

    django.setup()


def write(organization_id: int, writer: int, count: int) -> None:
    """Record `count` events with the same time, so that time does not order them."""
    set_up()
    from activity.recording import record
    from organizations.models import Organization
    from tests import factories

    organization = Organization.objects.get(pk=organization_id)
    for start in range(0, count, BATCH):
        ids = [f"{writer}-{number}" for number in range(start, min(start + BATCH, count))]
        record(organization, [factories.draft(source_id=source_id) for source_id in ids])


def read(client, total: int, writers: list) -> dict:
    """Poll until all writers have ended and nothing is left."""
    from tests.api.conftest import EVENTS

    seqs, ids, cursor, polls, empty = [], set(), "", 0, 0
    is_over = False
    while not is_over:
        was_last = not any(writer.is_alive() for writer in writers)
        answer = client.get(EVENTS, {"cursor": cursor, "limit": 1000}).json()
        seqs += [item["seq"] for item in answer["items"]]
        ids |= {item["id"] for item in answer["items"]}
        cursor, polls, empty = answer["cursor"], polls + 1, empty + (not answer["items"])
        is_over = was_last and not answer["has_more"]
    return {
        "is_in_order": seqs == list(range(1, total + 1)),
        "different": len(ids),
        "polls": polls,
        "empty_polls": empty,
    }


def race(total: int) -> dict:
    set_up()
    from django.core.management import call_command

    from tests import factories
    from tests.api.conftest import bearer, issue

    call_command("migrate", verbosity=0)
    organization = factories.OrganizationFactory(slug="race")
    client = bearer(issue(organization))
    spawn = multiprocessing.get_context("spawn")
    writers = [
        spawn.Process(target=write, args=(organization.pk, number, total // WRITERS))
        for number in range(WRITERS)
    ]
    began = time.monotonic()
    for writer in writers:
        writer.start()
    result = read(client, total // WRITERS * WRITERS, writers)
    for writer in writers:
        writer.join()
    return {**result, "seconds": round(time.monotonic() - began, 1)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(race(int(sys.argv[1]))))
