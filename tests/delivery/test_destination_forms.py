"""Destinations are added and changed in the admin, with a form for each kind."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from activity.delivery.models import Destination
from tests import factories
from tests.delivery.engine.fakes import fill, make_destination
from tests.delivery.receivers import HOST, authority_pem

LIST = "/admin/delivery/destination/"
ADD = f"{LIST}add/"


@pytest.fixture(autouse=True)
def public_names(names):
    """`receiver.example` has a public address, `inside.example` a private one."""
    names[HOST] = [["93.184.216.34"]]
    names["inside.example"] = [["10.0.0.1"]]


def form(**fields):
    return {
        "organization": "acme",
        "name": "SIEM",
        "address": f"https://{HOST}/in",
        "format": "native",
        "filter": "",
        "start": "now",
        "ca_certificate": "",
    } | fields


def errors_of(response):
    return dict(response.context["adminform"].form.errors)


def test_it_asks_for_the_kind_first(as_alice, settings, tmp_path):
    text = as_alice.get(ADD).text
    for kind in ("webhook", "splunk", "syslog"):
        assert f'href="?kind={kind}"' in text
    assert 'href="?kind=file"' not in text
    settings.DELIVERY_FILES_DIR = str(tmp_path)
    assert 'href="?kind=file"' in as_alice.get(ADD).text


@pytest.mark.parametrize("kind", ["", "?kind=", "?kind=pigeon", "?kind=file"])
def test_it_adds_nothing_without_a_kind_that_there_is(acme, as_alice, kind):
    response = as_alice.post(f"{ADD}{kind}", form(kind="webhook"))
    assert response.status_code == 200
    assert "Choose a destination type" in response.text
    assert not Destination.objects.exists()


@pytest.mark.parametrize(
    ("kind", "there", "not_there"),
    [
        ("webhook", ["address", "ca_certificate"], ["token"]),
        ("splunk", ["address", "token", "ca_certificate"], []),
        ("syslog", ["address", "ca_certificate"], ["token"]),
        ("file", ["address"], ["token", "ca_certificate"]),
    ],
)
def test_it_shows_what_the_kind_needs(as_alice, settings, kind, there, not_there):
    settings.DELIVERY_FILES_DIR = "/nowhere"
    text = as_alice.get(f"{ADD}?kind={kind}").text
    for name in ["name", "format", "filter", "start", *there]:
        assert f'name="{name}"' in text
    for name in ["kind", "position", "is_paused", *not_there]:
        assert f'name="{name}"' not in text


def test_it_shows_the_secret_of_a_webhook_once(acme, alice, as_alice):
    response = as_alice.post(f"{ADD}?kind=webhook", form(filter="?event=item"))
    made = Destination.objects.get(organization=acme)
    assert (made.kind, made.created_by, made.filter) == ("webhook", alice, "event=item")
    assert made.secret.startswith("whsec_")
    assert f'value="{made.secret}"' in response.text
    assert "no-store" in response["Cache-Control"]
    assert made.secret not in made.sealed_secret
    for page in [LIST, f"{LIST}{made.pk}/change/", f"{LIST}{made.pk}/history/"]:
        text = as_alice.get(page).text
        assert made.secret not in text
        assert made.sealed_secret not in text


def test_it_adds_syslog_and_files(acme, as_alice, settings):
    settings.DELIVERY_FILES_DIR = "/nowhere"
    as_alice.post(f"{ADD}?kind=syslog", form(name="A", address=f"{HOST}:6514", format="ecs"))
    as_alice.post(f"{ADD}?kind=file", form(name="B", address="activity"))
    found = Destination.objects.order_by("name").values_list("kind", "address", "format")
    assert list(found) == [("syslog", f"{HOST}:6514", "ecs"), ("file", "activity", "native")]


@pytest.mark.parametrize(("start", "position"), [("now", 3), ("beginning", 0)])
def test_it_begins_where_it_is_told(acme, as_alice, start, position):
    fill(acme, 3)
    as_alice.post(f"{ADD}?kind=webhook", form(start=start))
    assert Destination.objects.get().position == position


@pytest.mark.parametrize(
    ("kind", "fields", "wrong", "message"),
    [
        ("webhook", {"name": ""}, "name", "required"),
        ("webhook", {"address": ""}, "address", "required"),
        ("webhook", {"address": f"http://{HOST}/"}, "address", "https://"),
        ("webhook", {"address": "https://inside.example/"}, "address", "not on the internet"),
        ("webhook", {"address": "https://127.0.0.1/"}, "address", "not on the internet"),
        ("webhook", {"address": "https://2130706433/"}, "address", "not on the internet"),
        ("webhook", {"address": "https://[::ffff:10.0.0.1]/"}, "address", "not on the internet"),
        ("webhook", {"address": "https://nowhere.invalid/"}, "address", "There is no"),
        ("splunk", {"address": "https://169.254.169.254/", "token": "x"}, "address", "internet"),
        ("splunk", {"token": ""}, "token", "required"),
        ("splunk", {"token": "Splunk 1a2b"}, "token", "only the token"),
        ("syslog", {"address": "localhost:6514"}, "address", "not on the internet"),
        ("syslog", {"address": f"tls://{HOST}"}, "address", "name and a port"),
        ("file", {"address": "../cedar/activity"}, "address", "valid"),
        ("file", {"address": "a" * 101}, "address", "at most 100 characters"),
        ("webhook", {"format": "xml"}, "format", "xml"),
        ("webhook", {"filter": "event=nonsense"}, "filter", "no event type that this log knows"),
        ("webhook", {"filter": "q=10.0.0.0/99"}, "filter", "no IP address or range"),
        ("webhook", {"filter": "colour=red"}, "filter", "There is no filter"),
        ("webhook", {"filter": "order=oldest"}, "filter", "Leave it out"),
        ("webhook", {"filter": "organization=birch"}, "filter", "Leave it out"),
        ("webhook", {"start": "yesterday"}, "start", "yesterday"),
        ("webhook", {"ca_certificate": "trust me"}, "ca_certificate", "PEM"),
        ("webhook", {"ca_certificate": "vertrau mir, ärmlich"}, "ca_certificate", "PEM"),
        ("webhook", {"organization": "birch"}, "organization", "valid"),
        ("webhook", {"organization": "nowhere"}, "organization", "valid"),
    ],
)
def test_it_says_what_is_wrong(acme, birch, as_alice, settings, kind, fields, wrong, message):
    settings.DELIVERY_FILES_DIR = "/nowhere"
    response = as_alice.post(f"{ADD}?kind={kind}", form(**({"token": "x"} | fields)))
    errors = errors_of(response)
    assert list(errors) == [wrong]
    assert message in str(errors[wrong])
    assert not Destination.objects.exists()


def test_it_needs_a_plan_with_the_log(birch, bob):
    client = Client()
    client.force_login(bob)
    response = client.post(f"{ADD}?kind=webhook", form(organization="birch"))
    assert "Pass Essentials does not include" in str(errors_of(response)["__all__"])
    assert not Destination.objects.exists()


def test_it_takes_a_name_once(acme, birch, as_alice):
    make_destination(birch, name="SIEM")
    make_destination(acme, name="SIEM")
    other = make_destination(acme, name="Other")
    for page in [f"{ADD}?kind=webhook", f"{LIST}{other.pk}/change/"]:
        errors = errors_of(as_alice.post(page, form()))
        assert "of this name already" in str(errors["name"])
    page = f"{LIST}{other.pk}/change/"
    assert as_alice.post(page, form(name="Other")).status_code == 302


def test_it_takes_a_file_name_once(acme, birch, as_alice, settings):
    settings.DELIVERY_FILES_DIR = "/nowhere"
    make_destination(birch, kind="file", address="activity")
    fields = form(address="activity")
    assert as_alice.post(f"{ADD}?kind=file", fields).status_code == 302
    errors = errors_of(as_alice.post(f"{ADD}?kind=file", fields | {"name": "Another"}))
    assert list(errors) == ["address"]


def test_it_takes_the_certificate_of_an_own_authority(acme, as_alice):
    as_alice.post(f"{ADD}?kind=webhook", form(ca_certificate=authority_pem()))
    assert Destination.objects.get().ca_certificate == authority_pem().strip()


def test_it_changes_nothing_that_belongs_to_the_worker(acme, as_alice, monkeypatch):
    siem = make_destination(acme, position=5, kind="syslog", address=f"{HOST}:1")
    full_clean = Destination.full_clean

    def work_meanwhile(self, *args, **options):
        Destination.objects.filter(pk=siem.pk).update(position=9, delivered=9, last_error="x")
        full_clean(self, *args, **options)

    monkeypatch.setattr(Destination, "full_clean", work_meanwhile)
    response = as_alice.post(
        f"{LIST}{siem.pk}/change/",
        form(address=f"{HOST}:2", organization="birch", kind="file", position="1", start="now"),
    )
    assert response.status_code == 302
    siem.refresh_from_db()
    assert (siem.address, siem.kind, siem.organization) == (f"{HOST}:2", "syslog", acme)
    assert (siem.position, siem.delivered, siem.last_error) == (9, 9, "x")


def test_it_looks_up_an_address_only_when_it_is_new(acme, as_alice, names):
    siem = make_destination(acme, address="https://gone.invalid/")
    page = f"{LIST}{siem.pk}/change/"
    assert as_alice.post(page, form(address=siem.address, name="New")).status_code == 302
    siem.refresh_from_db()
    assert siem.name == "New"
    errors = errors_of(as_alice.post(page, form(address="https://inside.example/")))
    assert list(errors) == ["address"]


def test_it_tries_at_once_after_a_change(acme, as_alice):
    siem = make_destination(acme, retry_at=timezone.now())
    as_alice.post(f"{LIST}{siem.pk}/change/", form())
    siem.refresh_from_db()
    assert siem.retry_at is None


def test_it_keeps_a_history(acme, alice, as_alice):
    as_alice.post(f"{ADD}?kind=webhook", form())
    made = Destination.objects.get()
    as_alice.post(f"{LIST}{made.pk}/change/", form(name="New"))
    as_alice.post(f"{LIST}{made.pk}/delete/", {"post": "yes"})
    assert not Destination.objects.exists()
    entries = LogEntry.objects.order_by("pk")
    assert [entry.user for entry in entries] == [alice] * 3
    assert [entry.get_change_message() for entry in entries][:2] == ["Added.", "Changed Name."]


def test_it_changes_nothing_of_another_organization(acme, as_alice):
    theirs = make_destination(factories.OrganizationFactory(slug="cedar"), name="Theirs")
    for page in ["change", "delete", "history"]:
        address = f"{LIST}{theirs.pk}/{page}/"
        assert "Theirs" not in as_alice.get(address, follow=True).text
        as_alice.post(address, form() | {"post": "yes"})
    theirs.refresh_from_db()
    assert theirs.name == "Theirs"
    assert "Theirs" not in as_alice.get(LIST).text
    assert as_alice.get(LIST, {"sealed_secret__startswith": "g"}).status_code == 400


def test_it_makes_no_more_than_the_workers_have_time_for(acme, as_alice, monkeypatch):
    monkeypatch.setattr("activity.delivery.forms.MAX_DESTINATIONS", 1)
    as_alice.post(f"{ADD}?kind=webhook", form(name="first"))
    response = as_alice.post(f"{ADD}?kind=webhook", form(name="second"))
    assert "There are 1 destinations already" in str(errors_of(response))
    assert [destination.name for destination in Destination.objects.all()] == ["first"]
