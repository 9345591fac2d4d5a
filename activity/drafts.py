"""Events to be recorded: validated and normalized, not yet stored."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter, gt
from typing import Any

from django.utils import timezone

from activity.ip import bare_ip, canonical_ip, has_port
from activity.nesting import MAX_DEPTH, is_too_deep

MAX_LENGTHS = {
    "event_type": 100,
    "email": 254,
    "name": 200,
    "vault_id": 255,
    "item_id": 255,
    "client": 255,
    "source": 32,
    "source_id": 255,
}
TEXTS = attrgetter(*MAX_LENGTHS)
IDENTIFYING = {"email", "vault_id", "item_id", "source_id"}
AS_SENT = "as_sent"  # the key in `data` of values that were made to fit
MAX_DATA_BYTES = 64 * 1024
CLOCK_TOLERANCE = timedelta(minutes=5)
EVENT_CODE = re.compile(r"[^\s,\x00-\x1f-][^\s,\x00-\x1f]*")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
ENCODED_NUL = re.compile(r"(?<!\\)(\\\\)*\\u0000")  # after an even number of backslashes
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class InvalidDraft(ValueError):  # noqa: N818 - reads as what it is: `except InvalidDraft`
    """An event that cannot be stored. `field` is the invalid field, `str()` the message."""

    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(f"{field_name}: {message}")
        self.field = field_name


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """An event as reported by a source.

    `occurred_at` is aware. `email` is empty for the system itself. `source_id` is the source's
    own id of the event, if there is one. Only a log that moves from another installation sets
    `received_at`. `log_seq` is the `seq` of the event in the log that a CSV was exported from.

    Raises `InvalidDraft` for values that the database would reject or alter.
    """

    occurred_at: datetime
    event_type: str
    email: str = ""
    name: str = ""
    ip: str | None = None
    vault_id: str = ""
    item_id: str = ""
    client: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    source: str = "native"
    source_id: str = ""
    received_at: datetime | None = None
    log_seq: int | None = None

    def __post_init__(self) -> None:
        _check_texts(TEXTS(self))
        if not self.event_type:
            raise InvalidDraft("event", "is missing")
        if not EVENT_CODE.fullmatch(self.event_type):
            raise InvalidDraft("event", "may not hold commas or spaces, nor begin with a hyphen")
        if self.name and not self.email:
            raise InvalidDraft("user.email", "is missing; an event of the system has no user")
        if "," in self.email or self.email.isspace():
            raise InvalidDraft("user.email", "may not hold a comma, nor be blank")
        object.__setattr__(self, "occurred_at", _instant("occurred_at", self.occurred_at))
        if self.received_at is not None:
            object.__setattr__(self, "received_at", _instant("received_at", self.received_at))
        object.__setattr__(self, "ip", _ip(self.ip) if self.ip else None)
        if self.data or not isinstance(self.data, Mapping):
            object.__setattr__(self, "data", _plain_data(self.data))

    def __reduce__(self) -> tuple[Any, ...]:
        """Unpickle without validating again."""
        return _restored, _VALUES(self)


def fitted_draft(**values: Any) -> EventDraft:
    """A draft of what another system sent, made to fit.

    An address may have blanks, brackets and a port. What cannot be an address, and the end of a
    text that is too long, are left out. What was changed is kept whole in the data, under
    `AS_SENT`. Raises `InvalidDraft` for all else that `EventDraft` refuses.
    """
    try:
        return EventDraft(**values)
    except InvalidDraft:
        fitting = _fitting(values)
        if not fitting:
            raise
    return EventDraft(**values | fitting)


def _fitting(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that need a change, in a form that fits, and the data with the values as sent."""
    fitting: dict[str, Any] = {}
    sent: dict[str, str] = {}
    for name, max_length in MAX_LENGTHS.items():
        value = values.get(name)
        if name != "source" and isinstance(value, str) and len(value) > max_length:
            sent[name] = value
            fitting[name] = _cut(name, value, max_length)
    ip = values.get("ip")
    if isinstance(ip, str) and ip:
        fitting["ip"] = _bare_ip(ip)
        if ip.strip() and (fitting["ip"] is None or has_port(ip)):
            sent["ip"] = ip
    data = values.get("data", {})
    if sent and isinstance(data, Mapping):
        earlier = data.get(AS_SENT)
        fitting["data"] = {
            **data,
            AS_SENT: {**(earlier if isinstance(earlier, Mapping) else {}), **sent},
        }
    return fitting


def _bare_ip(text: str) -> str | None:
    try:
        return bare_ip(text)
    except ValueError:
        return None


def _cut(name: str, text: str, length: int) -> str:
    """The beginning of `text`. What identifies something ends with a hash of the whole."""
    if name not in IDENTIFYING:
        return f"{text[: length - 1]}…"
    digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()
    return f"{text[: length - 33]}-{digest[:32]}"


_VALUES = attrgetter(*(one.name for one in fields(EventDraft)))
_SETTERS = [getattr(EventDraft, one.name).__set__ for one in fields(EventDraft)]


def _restored(*values: Any) -> EventDraft:
    draft = object.__new__(EventDraft)
    for set_value, value in zip(_SETTERS, values, strict=True):
        set_value(draft, value)
    return draft


def _ip(value: str) -> str:
    try:
        return canonical_ip(value)
    except (TypeError, ValueError) as error:
        raise InvalidDraft("ip", str(error)) from None


def _check_texts(texts: tuple[str, ...]) -> None:
    """Check all texts at once, and one by one only to find the invalid one."""
    try:
        is_fine = "".join(texts).isprintable()
    except TypeError:
        is_fine = False
    if not is_fine or any(map(gt, map(len, texts), MAX_LENGTHS.values())):
        for (name, max_length), value in zip(MAX_LENGTHS.items(), texts, strict=True):
            _check_text(name, value, max_length)


def _check_text(name: str, value: str, max_length: int) -> None:
    if not isinstance(value, str):
        raise InvalidDraft(name, f"must be text, not {type(value).__name__}")
    if len(value) > max_length:
        raise InvalidDraft(name, f"is longer than {max_length} characters")
    if not value.isprintable() and UNSTORABLE.search(value):
        raise InvalidDraft(name, "holds a NUL character or half a surrogate pair")


def _instant(name: str, value: datetime) -> datetime:
    if value.tzinfo is None:
        raise InvalidDraft(name, "has no offset from UTC; add one, such as Z or +01:00")
    try:
        instant = value.astimezone(UTC)
    except OverflowError:
        raise InvalidDraft(name, f"{value.isoformat()} is outside the calendar") from None
    if instant < EPOCH:
        raise InvalidDraft(name, f"{value.isoformat()} is before 1970")
    if instant > timezone.now() + CLOCK_TOLERANCE:
        raise InvalidDraft(name, f"{value.isoformat()} is more than 5 minutes in the future")
    return instant


def _plain_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of `data` in the form in which every database returns it."""
    if not isinstance(data, Mapping):
        raise InvalidDraft("data", f"must be a JSON object, not {type(data).__name__}")
    try:
        encoded = json.dumps(data, allow_nan=False)
    except RecursionError:
        raise _too_deep() from None
    except (TypeError, ValueError) as error:
        raise InvalidDraft("data", f"is not plain JSON: {error}") from None
    if len(encoded) > MAX_DATA_BYTES:
        raise InvalidDraft("data", f"is larger than {MAX_DATA_BYTES // 1024} KiB")
    if is_too_deep(encoded):
        raise _too_deep()
    if ENCODED_NUL.search(encoded) or _has_lone_surrogate(encoded):
        raise InvalidDraft("data", "holds a NUL character or half a surrogate pair")
    plain: dict[str, Any] = json.loads(encoded, parse_float=_number)
    return plain


def _too_deep() -> InvalidDraft:
    return InvalidDraft("data", f"is nested deeper than {MAX_DEPTH} levels")


def _number(text: str) -> int | float:
    """PostgreSQL's `jsonb` drops the exponent of a whole number and the sign of zero."""
    number = float(text)
    return int(Decimal(text)) if "e" in text and number.is_integer() else number + 0.0


def _has_lone_surrogate(encoded: str) -> bool:
    if "\\ud" not in encoded:
        return False
    try:
        json.dumps(json.loads(encoded), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False
