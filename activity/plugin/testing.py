"""Conformance checks for the tests of plugins. Each raises `AssertionError` with the reason.

They need a configured Django. Only `check_page` needs a database.
"""

import io
import itertools
import json
import pickle
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from http import HTTPStatus
from threading import Thread
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from activity.delivery.kinds import KINDS
from activity.delivery.kinds.base import Message, Refused, Unavailable
from activity.delivery.models import Destination
from activity.drafts import EventDraft, InvalidDraft
from activity.event_types import EVENT_TYPES, event_type
from activity.formats import FORMATS, EventRow, to_json
from activity.importers import AUTO, IMPORTERS, importer_for
from activity.importers.base import MIN_ROWS_FOR_PROCESS
from activity.importers.files.csv_rows import CsvFormat
from activity.importers.files.json_rows import JsonFormat
from activity.importers.files.lines import open_text
from activity.importers.files.rows import Parsed, Rejected, Row, RowError, Unusable
from activity.importers.files.times import TimeReader
from activity.importers.options import Options
from activity.recording import record
from organizations.models import Member, Organization, Role, User
from organizations.plans import Plan

WRONG_TEXTS: list[Any] = ["", " ", "²", "x" * 300, "-1", "9" * 40, "1e999", "2026-13-45"]
WRONG_JSON: list[Any] = [None, True, -1, 10**30, float("inf"), [], ["x"], {}, {"x": {"y": []}}]
PLAIN_STATIC_FILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
MAX_DAMAGED_ROWS = 20
TIMEOUT_SECONDS = 2.0
GRACE_SECONDS = 1.0


def check_importer(code: str, sample: bytes, *, time_zone: str | None = None) -> list[EventDraft]:
    """Return the drafts of `sample`, the content of a file of which every row is valid.

    Checks that `auto` chooses this importer, that no row is rejected, that drafts can be made in
    another process, and that a row with wrong values raises `RowError` or `InvalidDraft` only.
    """
    importer = IMPORTERS[code]
    chosen = importer_for(AUTO, sample[:65536])
    assert chosen is importer, f"“auto” takes the sample for {chosen.code}."
    for row_format in importer.shapes:
        pickle.dumps(row_format)  # its functions must stand at the top level of a module
    rows = _parsed(code, sample, time_zone)
    assert rows, "The sample has no rows."
    for row in rows:
        assert isinstance(row, Parsed), f"{row.raw.place}: {row.reason}"
    _check_wrong_values(importer._row_format(sample[:65536]), sample, _options(time_zone))
    return [row.draft for row in rows if isinstance(row, Parsed)]


def check_format(code: str) -> None:
    """Check that the format writes every event type, with all fields and with the fewest."""
    event_format = FORMATS[code]
    for known in [*EVENT_TYPES.codes(), "unknown.type"]:
        for row in (_full_row(known), _bare_row(known)):
            written = event_format.write(row, _organization())
            assert isinstance(written, dict), f"{known}: {written!r} is not a dict."
            assert json.loads(to_json(written)) == json.loads(
                to_json(event_format.write(row, _organization()))
            ), f"{known}: the same event is written in two ways."


def check_page(code: str, drafts: Iterable[EventDraft], parameters: str = "") -> str:
    """Record the drafts in a new log and return the HTML of the page, as its administrator sees it.

    `parameters` are filters, such as "event=item". Needs a database. Checks that the page is there,
    and that nobody sees it without signing in.
    """
    organization = Organization.objects.create(
        slug="check-page", name="Check", plan=Plan.PROFESSIONAL
    )
    user = User.objects.create_user("administrator@check-page.example", "a password for a test")
    Member.objects.create(
        organization=organization, user=user, email=user.email, name="Check", role=Role.OWNER
    )
    record(organization, list(drafts))
    url = f"{reverse('admin:activity_event_page', args=[code])}?{parameters}"
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": PLAIN_STATIC_FILES}):
        client = Client()
        assert client.get(url).status_code == HTTPStatus.FOUND, "The page needs no sign-in."
        client.force_login(user)
        response = client.get(url)
    assert response.status_code == HTTPStatus.OK, f"{response.status_code}: {response.text:.200}"
    return response.text


def check_event_types(label: str) -> None:
    """Check that the plugin with this app label has event types, each with its category."""
    codes = [code for code in EVENT_TYPES.codes() if code.startswith((f"{label}.", f"{label}_"))]
    assert codes, f"No event type starts with “{label}”."
    for code in codes:
        known = event_type(code)
        assert str(known.label), f"{code} has no label."
        assert str(known.description).endswith("."), f"{code}: describe it in a sentence."


def check_transport(code: str, address: Callable[[str, int], str], *, secret: str = "x") -> None:
    """Send to receivers that fail in different ways.

    `address` makes the address of a destination from a host and a port. The transport must raise
    `Unavailable` or `Refused` within `settings.DELIVERY_TIMEOUT`, and the reason must not contain
    the secret.
    """
    with override_settings(DELIVERY_ALLOW_PRIVATE=True, DELIVERY_TIMEOUT=TIMEOUT_SECONDS):
        for name, behavior in FAULTS.items():
            with _receiver(behavior) as port:
                _check_failure(code, name, address("127.0.0.1", port), secret)
        _check_failure(code, "nobody listens", address("127.0.0.1", _unused_port()), secret)


def message(seq: int = 1, *, event: str = "item.read") -> Message:
    """A message as the engine sends it, in the native format."""
    row = _full_row(event)._replace(seq=seq, id=UUID(int=seq))
    content = FORMATS["native"].write(row, _organization())
    return Message(seq, str(row.id), row.occurred_at, row.event_type, content)


def destination(code: str, address: str, *, secret: str = "x") -> Destination:
    """A destination that is not stored."""
    made = Destination(
        pk=1, organization=_organization(), kind=code, address=address, format="native"
    )
    made.secret = secret
    return made


def _check_failure(code: str, name: str, address: str, secret: str) -> None:
    started = time.monotonic()
    transport = KINDS[code].transport(destination(code, address, secret=secret))
    with closing(transport):
        try:
            transport.send([message()])
        except (Refused, Unavailable) as error:
            is_secret_shown = len(secret) > 1 and secret in str(error)
            assert not is_secret_shown, f"{name}: the reason contains the secret."
        else:
            raise AssertionError(f"{name}: the transport says that the message has arrived.")
    seconds = time.monotonic() - started
    assert seconds < settings.DELIVERY_TIMEOUT + GRACE_SECONDS, f"{name}: it took {seconds:.1f} s."


def _close(connection: socket.socket) -> None:
    """The receiver closes the connection at once."""


def _be_silent(connection: socket.socket) -> None:
    connection.settimeout(10 * TIMEOUT_SECONDS)
    while connection.recv(65536):
        pass


def _answer_garbage(connection: socket.socket) -> None:
    connection.settimeout(TIMEOUT_SECONDS)
    connection.recv(65536)
    connection.sendall(b"\x00\xff garbage \r\n\r\n")


def _drip(connection: socket.socket) -> None:
    connection.settimeout(TIMEOUT_SECONDS)
    for _second in range(int(10 * TIMEOUT_SECONDS)):
        connection.sendall(b"H")
        time.sleep(0.2)


FAULTS: dict[str, Callable[[socket.socket], None]] = {
    "the receiver closes the connection": _close,
    "the receiver never answers": _be_silent,
    "the receiver answers garbage": _answer_garbage,
    "the receiver answers one byte at a time": _drip,
}


@contextmanager
def _receiver(behavior: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a server with this behavior, until the block ends."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _address = listener.accept()
                with connection, suppress(OSError):
                    behavior(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)


def _unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _parsed(code: str, content: bytes, time_zone: str | None) -> Sequence[Parsed | Rejected]:
    """The results of the first rows; none if the whole file is unusable."""
    rows = IMPORTERS[code].parse(open_text(io.BytesIO(content)), _options(time_zone))
    with closing(rows), suppress(Unusable):
        return list(itertools.islice(rows, MIN_ROWS_FOR_PROCESS))
    return []


def _options(time_zone: str | None) -> Options:
    return Options(times=TimeReader(ZoneInfo(time_zone) if time_zone else None))


def _check_wrong_values(
    row_format: JsonFormat | CsvFormat, sample: bytes, options: Options
) -> None:
    """Give `draft` each row of the sample with one wrong value at a time."""
    wrong_values = WRONG_TEXTS + (WRONG_JSON if isinstance(row_format, JsonFormat) else [])
    for row in itertools.islice(row_format.rows(open_text(io.BytesIO(sample))), MAX_DAMAGED_ROWS):
        assert isinstance(row, Row)
        values: Any = row_format.values(row.content)
        for key, wrong in itertools.product(values, wrong_values):
            try:
                row_format.draft({**values, key: wrong}, options)
            except (RowError, InvalidDraft):
                continue
            except Exception as error:
                raise AssertionError(f"{key}={wrong!r:.40} raises {error!r}.") from error


def _organization() -> Organization:
    return Organization(pk=1, slug="acme", name="Acme Robotics")


def _full_row(code: str) -> EventRow:
    instant = datetime(2026, 11, 22, 10, 23, 13, 123456, tzinfo=UTC)
    return EventRow(
        id=UUID(int=1),
        source_id="source-1",
        occurred_at=instant,
        event_type=code,
        actor__email="dana@acme.example",
        actor__name="Dana Müller",
        ip="203.0.113.7",
        vault_id="vault-1",
        item_id="item-1",
        client="Firefox",
        data={"nested": {"list": [1, "two", None]}},
        seq=1,
        received_at=instant,
        source="native",
    )


def _bare_row(code: str) -> EventRow:
    """An event of the system itself."""
    return _full_row(code)._replace(
        source_id="", actor__email="", actor__name="", ip=None,
        vault_id="", item_id="", client="", data={}, source="",
    )  # fmt: skip
