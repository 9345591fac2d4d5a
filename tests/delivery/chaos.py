"""Delivers events while receivers fail and workers are killed:

    python -m tests.delivery.chaos --events 2000 --seconds 20

Organizations record events continuously. Workers deliver them to a receiver with random faults
(`chaos_receiver`). Workers are killed at random and replaced. After `--seconds` the faults stop.
The program prints the received events as JSON.

It uses the database of DATABASE_URL, which must be empty.
"""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

from tests.delivery.chaos_receiver import SECRET

ROOT = Path(__file__).resolve().parents[2]
BATCH = 5
PORTS = range(20_000, 30_000)  # below the ephemeral ports
PAUSE_BETWEEN_KILLS = (1.0, 3.0)
WORKER = [sys.executable, "manage.py", "run_worker"]
VARIABLES = {"DELIVERY_ALLOW_PRIVATE": "true", "DELIVERY_TIMEOUT": "1", "LOG_LEVEL": "ERROR"}


class Chaos:
    """The processes of one run; `slugs` are the organizations."""

    def __init__(self, options: argparse.Namespace, folder: Path, stack: ExitStack) -> None:
        self.options = options
        self.folder = folder
        self.random = random.Random(options.seed)
        self.slugs = [f"chaos-{number}" for number in range(options.organizations)]
        self.kills = self.receivers = self.recorded = 0
        self.next_kill = 0.0
        self.port = free_port()
        self.receiver = self.start_receiver()
        self.workers = [self.start_worker() for _ in range(options.workers)]
        stack.callback(self.end)

    def start_receiver(self) -> subprocess.Popen:
        self.receivers += 1
        seed = f"{self.options.seed}-{self.receivers}"
        program = [sys.executable, "-m", "tests.delivery.chaos_receiver"]
        arguments = [self.port, str(self.folder), seed]
        process = subprocess.Popen([*program, *arguments], cwd=ROOT, stdout=subprocess.PIPE)
        if process.stdout.readline() != b"listening\n":
            raise RuntimeError(f"The receiver cannot listen at port {self.port}.")
        return process

    def start_worker(self) -> subprocess.Popen:
        return subprocess.Popen(WORKER, cwd=ROOT, env=os.environ | VARIABLES)

    def end(self) -> None:
        for process in [self.receiver, *self.workers]:
            process.kill()
            process.wait()

    def keep_receiving(self) -> None:
        """Restart the receiver whenever it has died."""
        if self.receiver.poll() is not None:
            self.receiver = self.start_receiver()

    def perhaps_kill(self) -> None:
        if time.monotonic() < self.next_kill:
            return
        if self.next_kill:
            at = self.random.randrange(len(self.workers))
            self.workers[at].send_signal(signal.SIGKILL)
            self.workers[at].wait()
            self.workers[at] = self.start_worker()
            self.kills += 1
        self.next_kill = time.monotonic() + self.random.uniform(*PAUSE_BETWEEN_KILLS)

    def run(self) -> None:
        """Run. The events are recorded in the first nine tenths of the time, a few at a time."""
        make_destinations(self.slugs, self.port)
        wait_for_workers(len(self.workers))
        began = time.monotonic()
        end = began + self.options.seconds
        while time.monotonic() < end or self.recorded < self.options.events:
            share = (time.monotonic() - began) / (self.options.seconds * 0.9)
            if self.recorded < min(share, 1.0) * self.options.events:
                count = min(BATCH, self.options.events - self.recorded)
                record_some(self.random.choice(self.slugs), count)
                self.recorded += count
            self.keep_receiving()
            self.perhaps_kill()
            time.sleep(0.005)
        (self.folder / "calm").touch()
        self.wait_until_quiet(time.monotonic() + self.options.patience)

    def wait_until_quiet(self, deadline: float) -> None:
        while time.monotonic() < deadline and not is_all_dealt_with():
            self.keep_receiving()
            time.sleep(0.2)

    def lines(self, name: str) -> list[str]:
        path = self.folder / name
        return path.read_text().splitlines() if path.exists() else []

    def result(self) -> dict[str, Any]:
        """`in_order`: the first arrivals of each organization are 1, 2, 3 and so on, to the end."""
        stored = [line.split() for line in self.lines("stored")]
        firsts: dict[str, list[int]] = {slug: [] for slug in self.slugs}
        seen = set()
        for path, seq, event_id in stored:
            if event_id not in seen:
                seen.add(event_id)
                firsts[path.strip("/")].append(int(seq))
        sizes = log_sizes()
        return {
            "recorded": sum(sizes.values()),
            "arrived": len(seen),
            "in_order": all(firsts[s] == list(range(1, sizes[s] + 1)) for s in self.slugs),
            "duplicates": len(stored) - len(seen),
            "kills": self.kills,
            "ended_by_themselves": sum(worker.poll() is not None for worker in self.workers),
            "requests": len(self.lines("requests")),
            "faults": dict(sorted(Counter(self.lines("faults")).items())),
            "deaths_of_receiver": self.receivers - 1,
            "parked": count_parked(),
        }


def free_port() -> str:
    while True:
        port = random.choice(PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return str(port)


def make_destinations(slugs: list[str], port: str) -> None:
    from activity.delivery.models import Destination
    from tests.factories import OrganizationFactory

    for slug in slugs:
        destination = Destination(
            organization=OrganizationFactory(slug=slug),
            name="chaos",
            kind="webhook",
            address=f"http://127.0.0.1:{port}/{slug}",
        )
        destination.secret = SECRET
        destination.save()


def wait_for_workers(count: int) -> None:
    """Wait until all workers have started."""
    from activity.delivery.models import WorkerBeat

    while WorkerBeat.objects.count() < count:
        time.sleep(0.1)


def record_some(slug: str, count: int) -> None:
    from activity.recording import record
    from organizations.models import Organization
    from tests.factories import draft

    record(
        Organization.objects.get(slug=slug),
        [draft(source_id=os.urandom(8).hex()) for _ in range(count)],
    )


def log_sizes() -> dict[str, int]:
    from activity.models import LogHead

    return dict(LogHead.objects.values_list("organization__slug", "size"))


def is_all_dealt_with() -> bool:
    from activity.delivery.models import Destination

    sizes = log_sizes()
    positions = Destination.objects.values_list("organization__slug", "position")
    return all(sizes.get(slug, 0) == position for slug, position in positions)


def count_parked() -> int:
    from activity.delivery.models import ParkedEvent

    return ParkedEvent.objects.count()


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--patience", type=float, default=60.0)
    parser.add_argument("--organizations", type=int, default=8)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    django.setup()
    call_command("migrate", verbosity=0)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        chaos = Chaos(options, Path(folder), stack)
        chaos.run()
        result = chaos.result()
    result["seconds"] = round(time.monotonic() - began, 1)
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
