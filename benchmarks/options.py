"""The options of a run, read from environment variables. The defaults are those of `make bench`."""

import os
from dataclasses import dataclass
from typing import Self

PARTS = (
    "check", "pages", "counts", "responses", "export", "sqlite", "fresh",
    "import", "record", "busy",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """`sizes` are numbers of events, each measured in a database of its own.

    `seconds` bounds one part at one size; `repeats` is how often a warm page is measured;
    `sqlite_events` is the largest log that is copied to SQLite.
    """

    sizes: tuple[int, ...] = (1_000_000,)
    only: frozenset[str] = frozenset(PARTS)
    server: str = "postgres://postgres@127.0.0.1:5432/postgres"
    keep: bool = False
    seconds: int = 900
    repeats: int = 4
    sqlite_events: int = 1_000_000
    export_rows: int = 1_000_000
    import_rows: int = 1_000_000
    record_batches: int = 40

    @classmethod
    def from_environment(cls) -> Self:
        """Raises `SystemExit` with what to do about a bad value."""
        only = frozenset(os.environ.get("BENCH_ONLY", ",".join(PARTS)).split(","))
        if only - set(PARTS):
            raise SystemExit(f"BENCH_ONLY knows these parts: {', '.join(PARTS)}")
        sizes = tuple(
            int(size)
            for size in os.environ.get("BENCH_EVENTS", "1000000").replace("_", "").split(",")
        )
        return cls(
            sizes=sizes,
            only=only,
            server=os.environ.get("BENCH_POSTGRES_URL", cls().server),
            keep=os.environ.get("BENCH_KEEP", "") == "1",
            **{
                name: int(os.environ.get(f"BENCH_{name.upper()}", getattr(cls(), name)))
                for name in (
                    "seconds", "repeats", "sqlite_events", "export_rows", "import_rows",
                    "record_batches",
                )
            },
        )  # fmt: skip

    def imported_rows(self, size: int) -> int:
        """How many rows the import of a run at `size` takes: the log shall not double."""
        return min(self.import_rows, max(size // 5, 1000))
