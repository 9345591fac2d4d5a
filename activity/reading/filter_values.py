"""Parse the values of filters: text in, plain values out, without a database.

Each function raises `django.core.exceptions.ValidationError` with a message for the page.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activity.event_types import CATEGORIES, EVENT_TYPES, codes_in
from activity.ip import Network, bare_ip, parse_network

LOOKS_LIKE_RANGE = re.compile(r"[0-9a-f:.]*[.:][0-9a-f:.]*/.*", re.IGNORECASE)
LOOKS_LIKE_IPV4 = re.compile(r"[0-9]+\.[0-9.]*")
LOOKS_LIKE_IPV6 = re.compile(r"[0-9a-f]*:[0-9a-f:.]*(%.*)?", re.IGNORECASE)
# Several addresses, or one with more than an address: a port, brackets, a star, another one.
LOOKS_LIKE_ADDRESSES = re.compile(r"[0-9a-f:.,;*/\[\]\s-]+", re.IGNORECASE)
PARTS_OF_ADDRESS = re.compile(r"\d+\.\d+\.(\d+\.|\d*\*)|^\d+\.\*|:[0-9a-f]*:", re.IGNORECASE)
ENDS_WITH_STARS = re.compile(r"((?:\d+\.){1,3})\*(?:\.\*)*")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT = re.compile(
    r"(?P<local>\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,6})?)?)"
    r"(?P<offset>[Zz]|[+ -]\d{2}:?\d{2})?"
)


def split_list(text: str) -> list[str]:
    """The values of a comma-separated list, without blanks and duplicates; at least one."""
    values = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not values:
        raise ValidationError(_("Enter a value between the commas."))
    return values


def parse_search(text: str) -> Network | str:
    """Parse the search box: an IP address or range, or a part of an email address or name."""
    bare = _without_marks(text)
    if LOOKS_LIKE_RANGE.fullmatch(bare):
        return parse_network(bare)
    if LOOKS_LIKE_IPV4.fullmatch(bare):
        return _parse_ipv4_prefix(bare)
    if LOOKS_LIKE_IPV6.fullmatch(bare):
        return parse_network(bare)
    if LOOKS_LIKE_ADDRESSES.fullmatch(bare) and PARTS_OF_ADDRESS.search(bare):
        return _parse_addresses(bare)
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise ValidationError(_("Remove the control characters, such as line breaks and tabs."))
    return text


def _without_marks(text: str) -> str:
    """`text` without invisible characters, and without what surrounds an address in a sentence."""
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return visible.strip(" ;,<>\"'()")


def _parse_addresses(text: str) -> Network:
    """Parse an address with brackets or a port, the first and last address of a network, or an
    IPv4 address that ends with `*`. Everything else like it is an error."""
    if match := ENDS_WITH_STARS.fullmatch(text):
        return _parse_ipv4_prefix(match[1])
    first, dash, last = (part.strip() for part in text.partition("-"))
    try:
        if dash:
            [network] = ipaddress.summarize_address_range(
                ipaddress.ip_address(first), ipaddress.ip_address(last)
            )
            return network
        return parse_network(bare_ip(text))
    except (TypeError, ValueError):
        return parse_network(text)  # raises the error, unless it is a network


def _parse_ipv4_prefix(text: str) -> Network:
    """`10.0.` means the network of all addresses that begin with these octets."""
    octets = text.removesuffix(".").split(".")
    if len(octets) >= 4:
        return parse_network(text)
    padded = ".".join([*octets, *["0"] * (4 - len(octets))])
    try:
        return ipaddress.IPv4Network(f"{padded}/{8 * len(octets)}")
    except ValueError:
        return parse_network(text)  # raises the error


@dataclass(frozen=True, slots=True)
class EventSelection:
    """Selected event types: `included` (None for all) without `excluded`.

    `tokens` are the values as given, before categories are expanded to codes.
    """

    tokens: tuple[str, ...]
    included: frozenset[str] | None
    excluded: frozenset[str]

    def __contains__(self, code: object) -> bool:
        return code not in self.excluded and (self.included is None or code in self.included)


def parse_events(text: str, *, other_codes: Collection[str] = ()) -> EventSelection:
    """Parse codes and categories; a leading `-` excludes. `other_codes` are unregistered event
    types that the log contains.

    If such a code has the name of a category, the name selects both.
    """
    tokens = split_list(text)
    expanded: dict[bool, set[str]] = {False: set(), True: set()}
    for token in tokens:
        name = token.removeprefix("-")
        is_code, is_category = name in EVENT_TYPES or name in other_codes, name in CATEGORIES
        if not is_code and not is_category:
            message = _("“%(value)s” is no event type that this log knows.")
            raise ValidationError(message, params={"value": name})
        codes = expanded[token.startswith("-")]
        if is_code:
            codes.add(name)
        if is_category:
            codes.update(codes_in(name, also=other_codes))
    is_narrowed = any(not token.startswith("-") for token in tokens)
    return EventSelection(
        tuple(tokens),
        frozenset(expanded[False]) if is_narrowed else None,
        frozenset(expanded[True]),
    )


def parse_since(text: str, zone: ZoneInfo) -> datetime:
    """The first instant of a day, or the given time, in UTC."""
    if DAY.fullmatch(text):
        return _to_utc(datetime.combine(_iso_date(text), time.min, zone))
    return _parse_moment(text, zone, fold=0)


def parse_until(text: str, zone: ZoneInfo) -> datetime:
    """The end, exclusive, in UTC: the end of a day, or the given time."""
    if DAY.fullmatch(text):
        day = _iso_date(text)
        if day == date.max:
            raise ValidationError(_("This day is too far in the future."))
        return _to_utc(datetime.combine(day + timedelta(days=1), time.min, zone))
    return _parse_moment(text, zone, fold=1)


def _iso_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = _("There is no %(value)s in the calendar.")
        raise ValidationError(message, params={"value": text}) from None


def _parse_moment(text: str, zone: ZoneInfo, *, fold: int) -> datetime:
    """Parse a time. `fold` selects the first (0) or second (1) of two repeated local times."""
    match = MOMENT.fullmatch(text)
    if not match:
        raise ValidationError(
            _(
                "Enter a day such as 2026-11-22, or a time such as 2026-11-22T10:23, "
                "2026-11-22T10:23:13 or 2026-11-22T10:23:13+01:00."
            )
        )
    offset = (match["offset"] or "").replace(" ", "+").upper()
    try:
        moment = datetime.fromisoformat(match["local"].replace(" ", "T") + offset)
    except ValueError:
        message = _("There is no such time as %(value)s.")
        raise ValidationError(message, params={"value": text}) from None
    if moment.tzinfo:
        return _to_utc(moment)
    local = moment.replace(tzinfo=zone, fold=fold)
    instant = _to_utc(local)
    if instant.astimezone(zone).replace(tzinfo=None) != moment:
        message = _("The clocks in %(zone)s skip %(value)s. Choose an earlier or later time.")
        raise ValidationError(message, params={"zone": zone.key, "value": text})
    return instant


def _to_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValidationError(_("This time is outside the calendar.")) from None
