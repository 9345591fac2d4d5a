"""The token of a Splunk destination is sent to its own server only."""

import pytest

from activity.delivery.models import Destination
from tests.delivery.destination_pages import LIST, page_of
from tests.delivery.receivers import HOST

ADDRESS, OTHER = f"https://{HOST}:8088", "https://other.example:8088"


@pytest.fixture
def splunk(acme, as_alice, names):
    names[HOST] = names["other.example"] = [["93.184.216.34"]]
    assert as_alice.post(f"{LIST}add/?kind=splunk", form(token=" 1a2b-3c4d ")).status_code == 302
    return Destination.objects.get()


def form(**fields):
    fixed = {"organization": "acme", "format": "native", "start": "now"}
    return fixed | {"name": "SIEM", "address": ADDRESS, "token": ""} | fields


def test_it_is_never_shown(splunk, as_alice):
    assert splunk.secret == "1a2b-3c4d"
    assert "1a2b-3c4d" not in as_alice.get(page_of(splunk)).text


def test_it_stays_when_none_is_entered(splunk, as_alice):
    as_alice.post(page_of(splunk), form(name="Other"))
    splunk.refresh_from_db()
    assert (splunk.secret, splunk.name) == ("1a2b-3c4d", "Other")
    as_alice.post(page_of(splunk), form(token="new"))
    splunk.refresh_from_db()
    assert splunk.secret == "new"


def test_it_is_entered_again_for_another_address(splunk, as_alice):
    response = as_alice.post(page_of(splunk), form(address=OTHER))
    assert list(response.context["adminform"].form.errors) == ["token"]
    splunk.refresh_from_db()
    assert splunk.address == ADDRESS
    assert as_alice.post(page_of(splunk), form(address=OTHER, token="new")).status_code == 302
    splunk.refresh_from_db()
    assert (splunk.address, splunk.secret) == (OTHER, "new")
