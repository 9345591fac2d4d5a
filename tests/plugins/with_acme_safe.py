"""The site with the sample plugin. `test_plugins` runs this module where PLUGINS names it."""

import json

import pytest
from django.core.management import call_command

from activity.delivery.models import Destination
from activity.models import Event
from tests.factories import event

LOG = "/admin/activity/event/"
PAGE = f"{LOG}page/acme-busiest/"
ROWS = """\
{"when": "2026-11-22T10:23:13Z", "card": "dana@acme.example", "did": "opened", "safe": "S-7"}
{"when": "2026-11-22T10:24:13Z", "card": "dana@acme.example", "did": "opened", "safe": "S-8"}
{"when": "2026-11-22T10:25:00Z", "card": "eli@acme.example", "did": "badge"}
"""


@pytest.fixture
def imported(acme, tmp_path):
    file = tmp_path / "safe.jsonl"
    file.write_text(ROWS)
    call_command("import_events", str(file), "--organization", "acme", verbosity=0)


@pytest.fixture
def as_bob(bob, client):
    client.force_login(bob)
    return client


def test_it_imports_shows_and_filters_its_events(imported, as_alice):
    assert Event.objects.count() == 3
    page = as_alice.get(f"{LOG}?event=acme_safe").text
    assert page.count("Safe Opened</a>") == 2
    assert 'data-color="teal"' in page
    assert "Sign-in Succeeded</a>" not in page
    assert "acme-safe" in as_alice.get("/admin/uploads/importjob/add/").text


def test_it_imports_large_files_in_the_second_process(acme, tmp_path):
    row = {"when": "2026-11-22T10:23:13Z", "card": "dana@acme.example", "did": "opened"}
    file = tmp_path / "large.jsonl"
    lines = (json.dumps({**row, "safe": f"S-{number}"}) for number in range(21_000))
    file.write_text("\n".join(lines))
    call_command("import_events", str(file), "--organization", "acme", verbosity=0)
    assert Event.objects.filter(event_type="acme_safe.opened").count() == 21_000


def test_it_adds_a_destination_with_its_format(acme, as_alice):
    add = "/admin/delivery/destination/add/"
    assert "A pager that beeps on every event." in as_alice.get(add).text
    fields = {"organization": "acme", "name": "Pager", "format": "acme-brief", "start": "now"}
    wrong = as_alice.post(f"{add}?kind=acme-pager", fields | {"address": "pager"})
    assert "Enter a host and a port" in wrong.text
    added = as_alice.post(f"{add}?kind=acme-pager", fields | {"address": "pager.example:4000"})
    assert added.status_code == 302
    stored = Destination.objects.get()
    assert (stored.kind, stored.format) == ("acme-pager", "acme-brief")


def test_its_page_takes_the_filters_of_the_log(imported, as_alice):
    assert f'href="{PAGE}?event=acme_safe"' in as_alice.get(f"{LOG}?event=acme_safe").text
    page = as_alice.get(f"{PAGE}?event=acme_safe").text
    assert "dana@acme.example: 2" in page
    assert "eli@acme.example" not in page
    assert as_alice.get(f"{PAGE}?since=soon").status_code == 400


def test_its_page_respects_the_gate(imported, as_bob, birch, charlie, client):
    event(birch, email="secret@birch.example")
    upgrade = as_bob.get(PAGE)
    assert upgrade.status_code == 403
    assert "Ask support to upgrade" in upgrade.text
    assert "secret@birch.example" not in upgrade.text
    assert as_bob.get(f"{PAGE}?organization=acme").status_code == 403
    client.force_login(charlie)
    assert client.get(PAGE).status_code == 302  # to the sign-in page
    client.logout()
    assert client.get(PAGE).status_code == 302
    assert client.get(f"{LOG}page/absent/").status_code == 302


def test_support_sees_which_plugins_are_loaded(as_support):
    home = as_support.get("/admin/").text
    assert "Acme Safe" in home
    assert "acme_safe 1.2.0" in home
    assert "Acme Pager" in home
