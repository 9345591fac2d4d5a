"""A small log with all values that filters could treat wrongly, and its rows, read with SQL."""

import ipaddress
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from activity.drafts import EventDraft
from activity.recording import record
from organizations.models import Organization
from tests.factories import draft

PEOPLE = [
    ("", ""),
    ("ünal@acme.example", "Ünal Yılmaz"),
    ("UNAL@acme.example", "Unal"),
    ("İbrahim@acme.example", "İBRAHİM IŞIK"),
    ("strasse@acme.example", "Anna Straße"),
    ("dana_weiss@acme.example", "Dana Weiß"),
    ("dana_weiss@acme.example", "Dana Berg"),
    ("Dana_Weiss@acme.example", "Dana 100% _\\"),
    ("danaxweiss@acme.example", "100 Dana"),
    ("li.wei@例え.example", "李 伟"),
    ("olga@acme.example", "Ольга ПЕТРОВА"),
    ("odysseus@acme.example", "ΟΔΥΣΣΕΑΣ Αʹ"),
    ("zoe@acme.example", "Zoe\u0308 Ange\u0301lique"),
    (" o'neil@acme.example", 'O\'Neil "the =formula"'),
    ("=cmd@acme.example", "@山田　太郎"),
    ("7d1c1a52-2f6c-4f51", ""),
    ("fatma@acme.example", "فاطمة می\u200cخواهم"),
]
ADDRESSES = [
    None, "203.0.113.7", "203.0.113.70", "203.0.114.1", "10.0.0.1", "10.0.255.254", "10.1.2.3",
    "100.0.0.1", "::ffff:198.51.100.9", "198.51.100.9", "198.51.100.10", "2001:db8::1",
    "2001:db8:1::1", "2001:db9::1", "::1", "::198.51.100.9",
]  # fmt: skip
CODES = {
    "item.read": "item",
    "item.used": "item",
    "item.untrashed": "item",
    "vault.created": "vault",
    "vault.updated": "vault",
    "share.deleted": "share",
    "secure_link.read": "secure_link",
    "invite.rejected": "invite",
    "new_user_invite.created": "new_user_invite",
    "breach_email.validated": "breach_email",
    "item.hidden": "other",
    "bitwarden.9999": "other",
    "x=y&z%+;#": "other",
    "Ü.ß": "other",
}
# Clock changes: Zurich in March and October; Havana in March and November, at midnight.
TURNS = [
    datetime(2025, 3, 9, 5, tzinfo=UTC),
    datetime(2025, 3, 30, 1, tzinfo=UTC),
    datetime(2025, 10, 26, 1, tzinfo=UTC),
    datetime(2025, 11, 2, 5, tzinfo=UTC),
]
STEPS = [timedelta(hours=hours) for hours in (-24, -2, -1, 0, 1, 2, 21, 22, 23, 24, 25)]
INSTANTS = sorted(
    turn + step + timedelta(microseconds=micro)
    for turn in TURNS
    for step in STEPS
    for micro in (-1, 0, 1)
)
SIZE = 115


@dataclass(frozen=True, slots=True)
class Row:
    """One event as stored in the database."""

    seq: int
    occurred_at: datetime
    email: str
    name: str
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address | None
    code: str

    def local_date(self, zone: ZoneInfo) -> date:
        return self.occurred_at.astimezone(zone).date()


def fill(organization: Organization, seed: int) -> None:
    """Record `SIZE` events out of order. Many have the same time."""
    source = random.Random(seed)
    record(organization, [_draft(source, number) for number in range(SIZE)])


def _draft(source: random.Random, number: int) -> EventDraft:
    email, name = source.choice(PEOPLE)
    return draft(
        occurred_at=source.choice(INSTANTS[:: 1 + number % 5]),
        event_type=source.choice(list(CODES)),
        email=email,
        name=name,
        ip=source.choice(ADDRESSES),
        source_id=str(number),
    )


def rows_of(organization: Organization) -> list[Row]:
    """All events of `organization`, read with plain SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.seq, e.occurred_at, a.email, a.name, e.ip, e.event_type "
            "FROM activity_event e JOIN activity_actor a ON a.id = e.actor_id "
            "WHERE e.organization_id = %s AND a.organization_id = %s",
            [organization.pk, organization.pk],
        )
        return [
            Row(seq, _instant(at), email, name, ipaddress.ip_address(str(ip)) if ip else None, code)
            for seq, at, email, name, ip, code in cursor.fetchall()
        ]


def _instant(value: datetime | str) -> datetime:
    """Parse a time. SQLite returns text, in UTC."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
