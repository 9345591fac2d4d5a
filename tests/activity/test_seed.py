import random
import unicodedata
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from activity.event_types import EVENT_TYPES
from activity.models import Event
from activity.seeding.arrivals import invent_events
from activity.seeding.people import invent_people
from activity.seeding.timeline import Scene
from organizations.models import Member, Organization, Role
from organizations.plans import Plan

SINCE = datetime(2026, 8, 1, tzinfo=UTC)
UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Zurich")
OFFICE = "203.0.113.9"


def invent(number=4000, random_seed=7, members=30):
    rng = random.Random(random_seed)
    people = invent_people(rng, "acme.example", members, SINCE, UNTIL)
    return list(invent_events(rng, Scene(people, ZONE, OFFICE, SINCE, UNTIL), number))


@pytest.fixture(scope="module")
def events():
    return invent()


@pytest.mark.slow
def test_it_makes_the_same_events_from_the_same_seed(events):
    assert invent() == events
    assert invent(random_seed=8) != events


def test_it_makes_as_many_events_as_asked_for_within_the_period(events):
    assert len(events) == 4000
    assert len({event.source_id for event in events}) == 4000
    assert all(SINCE <= event.occurred_at < UNTIL for event in events)


@pytest.mark.parametrize("number", [0, 1, 19, 20])
def test_it_makes_few_events_too(number):
    assert len(invent(number, members=1)) == number


def test_it_delivers_in_the_order_of_arrival_and_reads_sometimes_late(events):
    arrivals = [event.received_at for event in events]
    assert arrivals == sorted(arrivals)
    late = {e.event_type for e in events if e.received_at - e.occurred_at > timedelta(minutes=5)}
    assert late == {"item.read"}
    assert max(event.received_at - event.occurred_at for event in events) > timedelta(hours=12)


def test_it_keeps_office_hours_of_the_organization(events):
    at = [event.occurred_at.astimezone(ZONE) for event in events]
    by_hour = Counter(moment.hour for moment in at if moment.weekday() < 5)
    assert by_hour[10] > 20 * max(by_hour[1], 1)
    on_weekends = sum(moment.weekday() >= 5 for moment in at)
    assert 0 < on_weekends < len(at) / 10


@pytest.mark.slow
def test_it_uses_every_type_of_proton_and_sometimes_an_unknown_one(events):
    numbers = Counter(event.event_type for event in invent(20_000))
    of_others = {"item.copied", "item.exported", "signin.succeeded", "signin.failed"}
    assert numbers.keys() == {*EVENT_TYPES.codes(), "passkey.used"} - of_others
    assert numbers.most_common(2)[0][1] > 100 * numbers["vault.deleted"]


def test_it_makes_some_people_far_more_active_than_others(events):
    numbers = [number for _, number in Counter(event.email for event in events).most_common()]
    assert numbers[0] > 8 * numbers[-1]


def test_it_writes_names_in_several_scripts_and_renames_somebody():
    people = {(event.email, event.name) for event in invent(members=200) if event.name}
    scripts = {unicodedata.name(name[0]).split()[0] for _, name in people}
    assert scripts >= {"LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "DEVANAGARI", "CJK"}
    assert max(Counter(email for email, _ in people).values()) == 2


def test_it_gives_everybody_an_address_of_their_own():
    people = invent_people(random.Random(1), "acme.example", 5000, SINCE, UNTIL)
    assert len({person.email for person in people}) == 5000
    assert all(person.email.isascii() for person in people)


def test_it_knows_offices_homes_and_travellers(events):
    addresses = Counter(event.ip for event in events)
    assert addresses.most_common(1)[0][0] == OFFICE
    assert any(":" in address for address in addresses if address)
    assert any(address.startswith("198.51.100.") for address in addresses if address)
    assert {event.event_type for event in events if event.ip is None} == {"invite.rejected"}


def test_it_hides_an_incident_in_the_last_week(events):
    night = [
        event
        for event in events
        if event.occurred_at >= UNTIL - timedelta(days=7)
        and event.occurred_at.astimezone(ZONE).hour == 3
    ]
    [(intruder, number)] = Counter((e.email, e.ip) for e in night).most_common(1)
    assert number == 60
    types = Counter(e.event_type for e in night if (e.email, e.ip) == intruder)
    assert types == {"item.read": 40, "secure_link.created": 20}


def test_it_seeds_organizations_of_every_plan(db, capsys):
    call_command("seed", "--events=300", "--members=5", "--days=10", "--until=2026-11-01")
    assert capsys.readouterr().out == (
        "seed-1: Agate Logistics, Pass Professional, 5 members, 164 events\n"
        "seed-2: Basalt Foods, Proton Business Suite, 5 members, 81 events\n"
        "seed-3: Cobalt Energy, Pass Essentials, 5 members, 55 events\n"
    )
    assert Organization.objects.get(slug="seed-3").plan == Plan.ESSENTIALS
    assert Event.objects.filter(organization__slug="seed-1").count() == 164
    roles = Member.objects.filter(organization__slug="seed-2").values_list("role", flat=True)
    assert Counter(roles) == {Role.OWNER: 1, Role.ADMIN: 1, Role.MEMBER: 3}


def test_it_seeds_nothing_twice(db, capsys):
    for _ in range(2):
        call_command("seed", "--organizations=1", "--events=50", "--until=2026-11-01")
    assert "seed-1 exists already and is left as it is." in capsys.readouterr().out
    assert Event.objects.count() == 50


def test_it_leaves_nothing_half_seeded(db, monkeypatch):
    def fail(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("activity.seeding.planting.record", fail)
    with pytest.raises(KeyboardInterrupt):
        call_command("seed", "--events=50")
    assert not Organization.objects.exists()


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--events=0", "must be 1 or more"),
        ("--until=2999-01-01", "--until is in the future"),
    ],
)
def test_it_refuses_what_cannot_be(db, option, message):
    with pytest.raises(CommandError, match=message):
        call_command("seed", option)
    assert not Organization.objects.exists()
