"""Run one part in its own process, so that it can be stopped: `python -m benchmarks.run_part`."""

import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.options import Options

MODULES = {"import": "importing", "record": "recording"}


def run_part(name: str, size: int, environment: dict[str, str], seconds: float) -> dict[str, Any]:
    """The figures of the part, or `{"error": reason}` when it failed or exceeded `seconds`."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder, "result.json")
        command = [sys.executable, "-m", "benchmarks.run_part", name, str(size), str(result)]
        limits = {"BENCH_SECONDS": str(int(seconds))}
        process = subprocess.Popen(
            command, env={**os.environ, **environment, **limits}, start_new_session=True
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            return {"error": f"stopped after {seconds:.0f} s"}
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait()
        if process.returncode:
            return {"error": f"failed with status {process.returncode}"}
        found: dict[str, Any] = json.loads(result.read_text())
        return found


def end_in_order() -> None:
    """On SIGTERM, exit normally, so that servers are stopped and databases dropped."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def main() -> None:
    """Run one part; arguments NAME SIZE FILE. Write its figures to FILE as JSON."""
    end_in_order()
    import django  # noqa: PLC0415

    django.setup()
    name, size, path = sys.argv[1:]
    part = importlib.import_module(f"benchmarks.parts.{MODULES.get(name, name)}")
    found = part.run(Options.from_environment(), int(size))
    Path(path).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
