"""A destination kind is one declaration: everything else derives from it."""

import pytest
from django.core.management import call_command

from activity.delivery.forms import DestinationForm
from activity.delivery.kinds import KINDS
from activity.delivery.kinds.base import DestinationKind
from activity.delivery.models import Destination
from tests.delivery.destination_pages import LIST, page_of
from tests.delivery.engine.fakes import FakeTransport, fill, make_destination, run_turn

ADD = f"{LIST}add/"


class PigeonForm(DestinationForm):
    address_label = "Loft"
    address_help = "The name of the loft."

    def check_address(self, address: str) -> None:
        """Accept any name."""


@pytest.fixture
def sky():
    """The destination of all pigeons."""
    transport = FakeTransport()
    KINDS.register(
        DestinationKind(
            code="pigeon",
            label="Carrier pigeon",
            description="For short distances.",
            form=PigeonForm,
            transport=lambda _destination: transport,
        )
    )
    yield transport
    KINDS.unregister("pigeon")


def add(client):
    fields = {"organization": "acme", "name": "Loft", "address": "roof", "format": "native"}
    return client.post(f"{ADD}?kind=pigeon", fields | {"start": "beginning"})


def test_it_adds_delivers_to_and_lists_a_kind_that_is_registered(sky, acme, as_alice):
    fill(acme, 3)
    page = as_alice.get(ADD).text
    assert 'href="?kind=pigeon"' in page
    assert "For short distances." in page
    assert "The name of the loft." in as_alice.get(f"{ADD}?kind=pigeon").text
    assert add(as_alice).status_code == 302
    loft = Destination.objects.get()
    assert (loft.kind, loft.address, loft.sealed_secret) == ("pigeon", "roof", "")
    assert run_turn()
    assert sky.seqs == [1, 2, 3]
    assert "Carrier pigeon" in as_alice.get(LIST).text
    assert "Carrier pigeon" in as_alice.get(page_of(loft)).text


def test_it_needs_no_migration(sky, db):
    call_command("makemigrations", "delivery", "--check", "--dry-run", verbosity=0)


def test_it_says_when_a_kind_is_not_registered_any_more(acme, as_alice):
    fill(acme, 1)
    loft = make_destination(acme, kind="pigeon", address="https://roof.example/")
    assert run_turn()
    loft.refresh_from_db()
    assert "does not know the destination type “pigeon”" in loft.last_error
    for page in (LIST, page_of(loft)):
        assert as_alice.get(page).status_code == 200
