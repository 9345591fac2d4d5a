"""A web server with all faults that a receiver can have, in random order.

`python -m tests.delivery.chaos_receiver PORT FOLDER SEED`. It writes the events that it accepts and
its faults to files in the folder. Once the folder contains the file `calm`, it has no more faults.
"""

import os
import random
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any

from standardwebhooks import Webhook

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
FAULTS = [
    "500",
    "500 after storing",
    "429",
    "hangs",
    "hangs after storing",
    "drops half-way",
    "drops its answer half-way",
    "dies",
    "dies after storing",
]
FAULTY = 0.35
MOST_IN_A_ROW = 3
HANG_SECONDS = 3.0


class Recorder:
    """Appends lines to files in the folder, a whole batch at a time."""

    def __init__(self, folder: Path, seed: str) -> None:
        self.folder = folder
        self.random = random.Random(seed)
        self.lock = Lock()
        self.in_a_row: dict[str, int] = {}

    def append(self, name: str, lines: list[str]) -> None:
        with self.lock, (self.folder / name).open("a") as file:
            file.write("".join(f"{line}\n" for line in lines))

    def choose(self, path: str) -> str:
        """Choose a fault, or "" for none."""
        if (self.folder / "calm").exists():
            return ""
        with self.lock:
            is_fault = self.random.random() < FAULTY
            faults = self.in_a_row.get(path, 0) + 1 if is_fault else 0
            self.in_a_row[path] = 0 if faults > MOST_IN_A_ROW else faults
            return self.random.choice(FAULTS) if 0 < faults <= MOST_IN_A_ROW else ""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    recorder: Recorder

    def do_POST(self) -> None:
        fault = self.recorder.choose(self.path)
        self.recorder.append("requests", [f"{self.path} {fault}"])
        if fault:
            self.recorder.append("faults", [fault])
        length = int(self.headers["Content-Length"])
        if fault == "drops half-way":
            self.rfile.read(length // 2)
            self.close_connection = True
            return
        body = self.rfile.read(length)
        if "after storing" in fault or fault in ("", "drops its answer half-way"):
            self.store(body)
        self.answer(fault.removesuffix(" after storing"))

    def store(self, body: bytes) -> None:
        events = Webhook(SECRET).verify(body, dict(self.headers))
        lines = [f"{self.path} {event['seq']} {event['id']}" for event in events]
        self.recorder.append("stored", lines)

    def answer(self, fault: str) -> None:
        if fault == "dies":
            os._exit(1)
        if fault == "hangs":
            time.sleep(HANG_SECONDS)
        if fault == "drops its answer half-way":
            self.wfile.write(b"HTTP/1.1 20")
            self.close_connection = True
            return
        self.send_response(int(fault) if fault.isdigit() else 200)
        if fault == "429":
            self.send_header("Retry-After", "1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *details: Any) -> None:
        pass


def main(port: str, folder: str, seed: str) -> None:
    Handler.recorder = Recorder(Path(folder), seed)
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
    server.daemon_threads = True
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
