"""Generate members: names in many scripts, e-mail and IP addresses, apps. Pure."""

import ipaddress
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, islice

# Names and their spelling in e-mail addresses: a line of given names, then a line of family names.
# "<" marks languages that write the family name first.
NAMES = """\
Dana:dana Jonas:jonas Jürgen:juergen Silke:silke
Weiss:weiss Müller:mueller Groß:gross Keller:keller
Chloé:chloe Benoît:benoit Inès:ines Théo:theo
Lefèvre:lefevre Garnier:garnier Noël:noel Müntz:muntz
Grace:grace Owen:owen Priya:priya Liam:liam
O'Connor:oconnor Hughes:hughes Shaw:shaw Whitfield:whitfield
Ünal:unal Çağla:cagla İpek:ipek Ömer:omer
Yılmaz:yilmaz Öztürk:ozturk Şahin:sahin Güneş:gunes
Łukasz:lukasz Zofia:zofia Michał:michal Agnieszka:agnieszka
Wójcik:wojcik Kamińska:kaminska Źródło:zrodlo Dąb:dab
Олена:olena Тарас:taras Ірина:iryna Богдан:bohdan
Шевчук:shevchuk Коваль:koval Бондар:bondar Мельник:melnyk
Ελένη:eleni Νίκος:nikos Σοφία:sofia Γιώργος:giorgos
Παππάς:pappas Ρήγας:rigas Δήμου:dimou Βλάχος:vlachos
ليلى:layla عمر:omar سارة:sara يوسف:yusuf
حداد:haddad منصور:mansour نصار:nassar خليل:khalil
נועה:noa איתן:eitan מאיה:maya יונתן:yonatan
לוי:levi ברק:barak שגב:segev אלון:alon
अनन्या:ananya रोहन:rohan मीरा:meera अर्जुन:arjun
शर्मा:sharma पटेल:patel नायर:nair गुप्ता:gupta
<美咲:misaki 健太:kenta 陽菜:hina 大輔:daisuke
佐藤:sato 鈴木:suzuki 高橋:takahashi 渡辺:watanabe
<서연:seoyeon 민준:minjun 지우:jiwoo 하윤:hayun
김:kim 박:park 최:choi 정:jung
""".splitlines()

CLIENTS = [
    "Proton Pass for Firefox 1.31.2",
    "Proton Pass for Chrome 1.31.2",
    "Proton Pass for Safari 1.30.0",
    "Proton Pass for Windows 1.29.6",
    "Proton Pass for macOS 1.29.6",
    "Proton Pass for Linux 1.29.5",
]
PHONES = ["Proton Pass for Android 1.34.1", "Proton Pass for iOS 1.26.3"]


@dataclass(frozen=True, slots=True)
class Trip:
    starts_at: datetime
    ends_at: datetime
    ip: str


@dataclass(frozen=True, slots=True)
class Person:
    """A member. The name is `former_name` until `renamed_at`; the e-mail address never changes."""

    number: int
    email: str
    name: str
    former_name: str
    renamed_at: datetime
    home_ip: str
    client: str
    phone: str
    trip: Trip | None

    def name_at(self, moment: datetime) -> str:
        return self.name if moment >= self.renamed_at else self.former_name


def invent_people(
    rng: random.Random, domain: str, number: int, since: datetime, until: datetime
) -> list[Person]:
    """`number` people with different e-mail addresses in `domain`, active in `[since, until)`."""
    identities = _identities(rng)
    people = []
    for index, (name, married_name, local_part) in enumerate(islice(identities, number)):
        is_renamed = rng.random() < 0.04
        person = Person(
            number=index,
            email=f"{local_part}@{domain}",
            name=married_name if is_renamed else name,
            former_name=name,
            renamed_at=since + (until - since) * rng.uniform(0.2, 0.8),
            home_ip=home_ip(rng),
            client=rng.choice(CLIENTS),
            phone=rng.choice(PHONES),
            trip=_trip(rng, since, until) if rng.random() < 0.15 else None,
        )
        people.append(person)
    return people


def _identities(rng: random.Random) -> Iterator[tuple[str, str, str]]:
    """Name, married name and local part of the e-mail address. Local parts are unique."""
    identities = []
    for given_names, family_names in zip(NAMES[::2], NAMES[1::2], strict=True):
        families = [family.split(":") for family in family_names.split()]
        for given in given_names.removeprefix("<").split():
            first, first_latin = given.split(":")
            pattern = "{1} {0}" if given_names.startswith("<") else "{0} {1}"
            for (last, last_latin), (other, _) in zip(
                families, families[1:] + families[:1], strict=True
            ):
                names = pattern.format(first, last), pattern.format(first, other)
                identities.append((*names, f"{first_latin}.{last_latin}"))
    rng.shuffle(identities)
    yield from identities
    for number in count(2):
        for name, married_name, local_part in identities:
            yield name, married_name, f"{local_part}{number}"


def _trip(rng: random.Random, since: datetime, until: datetime) -> Trip:
    starts_at = since + (until - since) * rng.uniform(0.1, 0.9)
    return Trip(starts_at, starts_at + timedelta(days=rng.randint(2, 9)), foreign_ip(rng))


def home_ip(rng: random.Random) -> str:
    """An IP address, a third of them IPv6, from the ranges reserved for documentation and tests."""
    if rng.random() < 0.35:
        return str(ipaddress.IPv6Address((0x20010DB8 << 96) + (rng.getrandbits(95) | 1)))
    return str(ipaddress.IPv4Address("198.18.0.0") + rng.randrange(1, 2**16))


def office_ip(rng: random.Random) -> str:
    return str(ipaddress.IPv4Address("203.0.113.0") + rng.randrange(1, 255))


def foreign_ip(rng: random.Random) -> str:
    return str(ipaddress.IPv4Address("198.51.100.0") + rng.randrange(1, 255))
