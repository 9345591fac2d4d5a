"""Native JSON lines through `import_events`, compared with `psql \\copy` of the same rows.

Both write into the event table of this run, with all its indexes and foreign keys, each into an
empty organization. The import parses, checks, numbers and counts; psql loads prepared rows. Then
the same file is imported again, which stores nothing.
"""

import os
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection

from activity.models import Event
from benchmarks import empty_logs, native_rows, postgres
from benchmarks.options import Options
from benchmarks.processes import Run, manage
from benchmarks.timing import wall
from organizations.models import Organization

SMALL = 1000  # tells how much memory a small file takes
PROBE = 50_000  # tells how many rows there is time for
# Another key for the same moment, and another owner.
PREPARED = {
    "id": "(left(replace(id::text, '-', ''), 13) || substr(md5(id::text), 1, 3) || 'a'"
    " || right(md5(id::text || {target}), 15))::uuid",
    "organization_id": "{target}",
}


def run(options: Options, size: int) -> dict[str, Any]:
    limit = options.seconds / 6
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "rows.jsonl")
        native_rows.write(file, SMALL)
        small = _import(file, empty_logs.make("import-small"), limit)
        few = min(PROBE, options.imported_rows(size))
        native_rows.write(file, few)
        probe = _import(file, empty_logs.make("import-0"), limit)
        rows = min(options.imported_rows(size), int(limit * few / probe.seconds))
        native_rows.write(file, rows)
        first, second = empty_logs.make("import-1"), empty_logs.make("import-4")
        imports = [_import(file, first, limit)]
        copies = [_copy(Path(folder), first, empty_logs.make(f"import-{n}")) for n in (2, 3)]
        imports.append(_import(file, second, limit))
        again = [_import(file, organization, limit) for organization in (second, first)]
    import_seconds = median(one.seconds for one in imports)
    return {
        "rows": rows,
        "import_seconds": [one.seconds for one in imports],
        "copy_seconds": copies,
        "again_seconds": [one.seconds for one in again],
        "import_rate": rows / import_seconds,
        "copy_rate": rows / median(copies),
        "again_rate": rows / median(one.seconds for one in again),
        "memory_growth": max(one.peak for one in imports) - small.peak,
        "tallies": [one.output.strip() for one in (*imports, *again)],
        "gapless": [empty_logs.is_gapless(one, rows) for one in (first, second)],
    }


def _import(file: Path, organization: Organization, seconds: float) -> Run:
    _checkpoint()
    arguments = ["import_events", str(file), "--organization", organization.slug]
    return manage([*arguments, "--format", "native"], seconds)


def _copy(folder: Path, source: Organization, target: Organization) -> float:
    """Seconds that psql takes to load the rows of `source`, prepared for `target`."""
    columns = [str(field.column) for field in Event._meta.concrete_fields]
    values = [PREPARED.get(name, name).format(target=f"'{target.pk}'") for name in columns]
    path = folder / f"{target.slug}.copy"
    url = os.environ["DATABASE_URL"]
    where = f"WHERE organization_id = {source.pk} ORDER BY seq"
    postgres.psql(
        url, f"\\copy (SELECT {', '.join(values)} FROM activity_event {where}) TO '{path}'\n"
    )
    _checkpoint()
    seconds = wall(
        lambda: postgres.psql(url, f"\\copy activity_event ({', '.join(columns)}) FROM '{path}'\n")
    )
    path.unlink()
    return seconds / 1000


def _checkpoint() -> None:
    """Nobody pays for what the one before has left to be written."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
