"""Filters of every kind, each with a predicate in plain Python.

This module does not use the code under test. A strategy draws the predicate first, and then a text
for it.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from urllib.parse import quote, quote_plus
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.activity.parity_log import ADDRESSES, CODES, INSTANTS, PEOPLE, TURNS, Row

Predicate = Callable[[Row], bool]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

READS_AS_ADDRESS = re.compile(r"[0-9]+\.[0-9.]*|.*[:/\x00-\x1f].*")
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Clause:
    """One parameter of the query string, and its predicate.

    `matches` is None if the value is invalid. `bound` is the instant of `since` and `until`.
    """

    name: str
    encoded: str
    matches: Predicate | None
    bound: datetime | None = None


def folded(text: str) -> str:
    composed = unicodedata.normalize("NFC", text).casefold()
    return unicodedata.normalize("NFC", re.sub("i\u0307|ı", "i", composed))


encoders = st.sampled_from([quote, quote_plus])


@st.composite
def spelt(draw: st.DrawFn, text: str) -> str:
    """`text`, possibly in another case or in another Unicode normalization form."""
    change = draw(
        st.sampled_from(
            [
                str,
                str.upper,
                str.lower,
                str.title,
                str.swapcase,
                lambda same: unicodedata.normalize("NFD", same),
                lambda same: unicodedata.normalize("NFC", same),
            ]
        )
    )
    return change(text)


@st.composite
def fragments(draw: st.DrawFn) -> tuple[str, Predicate]:
    text = draw(st.sampled_from([text for person in PEOPLE for text in person if text]))
    start = draw(st.integers(0, len(text) - 1))
    piece = text[start : draw(st.integers(start + 1, min(start + 6, len(text))))]
    asked = draw(spelt(piece) | st.sampled_from(["%", "_", "\\", "100%", "'", "acme", "nobody"]))
    if not asked.strip() or READS_AS_ADDRESS.fullmatch(asked.strip()):
        asked = "weiss"
    wanted = folded(asked.strip())
    return asked, lambda row: wanted in folded(row.email) or wanted in folded(row.name)


def is_within(address: Address | None, network: Address, prefix: int) -> bool:
    if address is None or address.version != network.version:
        return False
    shift = network.max_prefixlen - prefix
    return int(address) >> shift == int(network) >> shift


@st.composite
def networks(draw: st.DrawFn) -> tuple[str, Predicate]:
    text = draw(st.sampled_from([*filter(None, ADDRESSES), "192.0.2.1", "2001:db8:ffff::"]))
    address = ipaddress.ip_address(text.removeprefix("::ffff:"))
    prefix = draw(st.just(address.max_prefixlen) | st.integers(0, address.max_prefixlen))
    is_mapped = draw(st.booleans()) and address.version == 4
    written = f"::ffff:{address}" if is_mapped else draw(st.sampled_from([str, _long]))(address)
    if prefix < address.max_prefixlen:
        written += f"/{prefix + 96 * is_mapped}"
    return written, lambda row: is_within(row.ip, address, prefix)


def _long(address: Address) -> str:
    return address.exploded.upper()


@st.composite
def partial_addresses(draw: st.DrawFn) -> tuple[str, Predicate]:
    octets = draw(st.sampled_from(["10", "10.0", "203.0.113", "203.0", "198.51.100", "100"]))
    start = octets + "."
    asked = octets if "." in octets and draw(st.booleans()) else start
    return asked, lambda row: row.ip is not None and str(row.ip).startswith(start)


@st.composite
def searches(draw: st.DrawFn) -> Clause:
    text, matches = draw(fragments() | networks() | partial_addresses())
    padding = draw(st.sampled_from(["", " "]))
    return Clause("q", draw(encoders)(f"{padding}{text}{padding}"), matches)


def joined(draw: st.DrawFn, values: list[str]) -> str:
    return draw(encoders)(draw(st.sampled_from([",", ", ", ",,"])).join(values))


@st.composite
def users(draw: st.DrawFn) -> Clause:
    emails = [email.strip() for email, _ in PEOPLE if email] + ["nobody@acme.example"]
    chosen = draw(st.lists(st.sampled_from(emails), min_size=1, max_size=3))
    wanted = {folded(email) for email in chosen}
    values = [draw(spelt(email)) for email in chosen]
    return Clause("user", joined(draw, values), lambda row: folded(row.email.strip()) in wanted)


@st.composite
def ips(draw: st.DrawFn) -> Clause:
    drawn = draw(st.lists(networks(), min_size=1, max_size=3))
    values = [text for text, _ in drawn]
    return Clause("ip", joined(draw, values), lambda row: any(within(row) for _, within in drawn))


@st.composite
def events(draw: st.DrawFn) -> Clause:
    names = [*CODES, *set(CODES.values()), "item.deleted"]
    wanted = draw(st.sets(st.sampled_from(names), max_size=3))
    excluded = draw(st.sets(st.sampled_from(names), min_size=0 if wanted else 1, max_size=2))
    tokens = draw(st.permutations([*sorted(wanted), *(f"-{name}" for name in sorted(excluded))]))

    def matches(row: Row) -> bool:
        its_names = {row.code, CODES[row.code]}
        return not its_names & excluded and (not wanted or bool(its_names & wanted))

    return Clause("event", joined(draw, tokens), matches)


def readings(local: datetime, zone: ZoneInfo) -> list[datetime]:
    """The instants at which the clocks of `zone` show `local`: none, one or two."""
    about = local.replace(tzinfo=UTC)
    offsets = {(about + timedelta(hours=h)).astimezone(zone).utcoffset() for h in (-26, 26)}
    instants = {about - offset for offset in offsets if offset is not None}
    return sorted(i for i in instants if i.astimezone(zone).replace(tzinfo=None) == local)


def first_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of `day` in `zone`. If clocks skip midnight, the day begins later."""
    midnight = datetime.combine(day, time.min)
    return min(readings(midnight, zone) or readings(midnight + timedelta(hours=1), zone))


@st.composite
def days(draw: st.DrawFn, name: str, zone: ZoneInfo) -> Clause:
    turn = draw(st.sampled_from(TURNS)).astimezone(zone).date()
    day = turn + timedelta(days=draw(st.integers(-1, 2)))
    if name == "since":
        return Clause(
            name, day.isoformat(), lambda row: row.local_date(zone) >= day, first_of_day(day, zone)
        )
    end = first_of_day(day + timedelta(days=1), zone)
    return Clause(name, day.isoformat(), lambda row: row.local_date(zone) <= day, end)


def bounded(name: str, encoded: str, bound: datetime | None) -> Clause:
    if bound is None:
        return Clause(name, encoded, None)
    if name == "since":
        return Clause(name, encoded, lambda row: row.occurred_at >= bound, bound)
    return Clause(name, encoded, lambda row: row.occurred_at < bound, bound)


@st.composite
def local_moments(draw: st.DrawFn, name: str, zone: ZoneInfo) -> Clause:
    local = draw(st.sampled_from(INSTANTS)).astimezone(zone).replace(tzinfo=None, fold=0)
    local += draw(st.sampled_from([timedelta(0), timedelta(hours=1), timedelta(minutes=-30)]))
    found = readings(local, zone)
    bound = None if not found else found[0] if name == "since" else found[-1]
    return bounded(name, draw(encoders)(_written(draw, local)), bound)


def _written(draw: st.DrawFn, moment: datetime) -> str:
    text = moment.replace(tzinfo=None).isoformat(sep=draw(st.sampled_from("T ")))
    if not moment.microsecond and not moment.second and draw(st.booleans()):
        return text.removesuffix(":00")
    return text.replace(".", draw(st.sampled_from(".,")))


@st.composite
def absolute_moments(draw: st.DrawFn, name: str) -> Clause:
    bound = draw(st.sampled_from(INSTANTS)) + draw(st.sampled_from([0, 1])) * MICROSECOND
    minutes = draw(st.sampled_from([None, 0, 60, 345, -180, -570]))
    if minutes is None:
        return bounded(name, draw(encoders)(_written(draw, bound) + "Z"), bound)
    local = bound.astimezone(timezone(timedelta(minutes=minutes)))
    offset = f"{local:%z}"
    written = _written(draw, local) + draw(st.sampled_from([offset, f"{offset[:3]}:{offset[3:]}"]))
    encoded = draw(encoders)(written)
    return bounded(name, encoded.replace("%2B", draw(st.sampled_from(["+", "%2B"]))), bound)


def moments(name: str, zone: ZoneInfo) -> st.SearchStrategy[Clause]:
    return days(name, zone) | local_moments(name, zone) | absolute_moments(name)
