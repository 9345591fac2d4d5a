"""One writer process: `python -m benchmarks.writer SLUG BATCHES SEED`.

Prints "ready" when the drafts are made, starts on a line from standard input, and prints JSON at
the end.
"""

import json
import sys
import time

import django

BATCH = 500


def main() -> None:
    django.setup()
    from activity.recording import record  # noqa: PLC0415 - the apps must be there first
    from benchmarks import native_rows  # noqa: PLC0415
    from organizations.models import Organization  # noqa: PLC0415

    slug, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    organization = Organization.objects.get(slug=slug)
    batches = native_rows.batches(count, BATCH, seed)
    print("ready", flush=True)
    sys.stdin.readline()
    started = time.time()
    accepted = sum(record(organization, batch).accepted for batch in batches)
    print(json.dumps({"started": started, "ended": time.time(), "accepted": accepted}))


if __name__ == "__main__":
    main()
