"""Run and measure other programs: time and memory. Linux only (/proc)."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

INTERVAL = 0.05


def children_of(pid: int) -> list[int]:
    """All descendants of the process `pid`."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(child) for child in task.read_text().split()]
        except OSError:
            continue
        for child in children:
            found += [child, *children_of(child)]
    return found


def resident_bytes(pid: int) -> int:
    """Anonymous memory of a process in bytes; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))


@dataclass(slots=True)
class Memory:
    """Memory of a process and its children in bytes: at the start, and at the peak."""

    start: int
    peak: int

    @property
    def growth(self) -> int:
        return self.peak - self.start


@contextmanager
def memory_of(pid: int) -> Iterator[Memory]:
    """Measure until the block ends."""

    def now() -> int:
        return sum(map(resident_bytes, [pid, *children_of(pid)]))

    memory = Memory(now(), 0)
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(INTERVAL):
            memory.peak = max(memory.peak, now())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield memory
    finally:
        is_over.set()
        watcher.join()
        memory.peak = max(memory.peak, memory.start)


@dataclass(frozen=True, slots=True)
class Run:
    """A finished program: seconds, peak memory in bytes, and its output."""

    seconds: float
    peak: int
    output: str


def manage(
    arguments: Sequence[str], seconds: float, *, environment: dict[str, str] | None = None
) -> Run:
    """Run `manage.py`.

    Raises `subprocess.TimeoutExpired` after `seconds`, and `RuntimeError` when it fails.
    """
    started = time.perf_counter()
    command = [sys.executable, "manage.py", *arguments]
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True) as process,
        memory_of(process.pid) as memory,
    ):
        try:
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {errors.strip()[-500:]}")
    return Run(time.perf_counter() - started, memory.peak, output)
