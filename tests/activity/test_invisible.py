"""Characters that cannot be seen are shown on pages, and kept everywhere else."""

import json

import pytest
from django.urls import reverse

from activity.admin.widgets.invisible import visible
from activity.models import Event
from activity.recording import record
from tests.factories import draft

LOG = reverse("admin:activity_event_changelist")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("admin@acme.example", "admin@acme.example"),
        ("adm\u200bin@acme.example", "adm⟨U+200B⟩in@acme.example"),
        ("\ufeffadmin", "⟨U+FEFF⟩admin"),
        ("item\u202edaer", "item⟨U+202E⟩daer"),
        ("soft\u00adhyphen", "soft⟨U+00AD⟩hyphen"),
        ("a\u3164b\u2800c\u034fd", "a⟨U+3164⟩b⟨U+2800⟩c⟨U+034F⟩d"),
        ("tag\U000e0041", "tag⟨U+E0041⟩"),
        ("bell\x07 line\u2028", "bell⟨U+0007⟩ line⟨U+2028⟩"),
        ("ad\u200dmin \u200d", "ad⟨U+200D⟩min ⟨U+200D⟩"),
        ("Zoë Müller-Šimůnek 李小龍 עברית", "Zoë Müller-Šimůnek 李小龍 עברית"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # a Persian word
        ("👩\u200d💻 ❤\ufe0f", "👩\u200d💻 ❤\ufe0f"),
        ("thin\u2009space\u00a0\u3000", "thin\u2009space\u00a0\u3000"),
        ('{\n\t"a": 1\n}', '{\n\t"a": 1\n}'),
        ("", ""),
    ],
)
def test_it_shows_what_cannot_be_seen(text, shown):
    assert visible(text) == shown


@pytest.mark.django_db
def test_the_pages_tell_texts_apart_that_look_the_same(as_alice, acme):
    hidden = {
        "email": "dana\u200b@acme.example",
        "name": "Dana\u2066 Weiss",
        "event_type": "item\u200b.read",
        "vault_id": "v\u200b81",
        "item_id": "i\u202e22",
        "client": "Fire\u200bfox",
        "data": {"why": "for\u202e fun"},
    }
    record(acme, [draft(**hidden)])
    stored = Event.objects.select_related("actor").get()

    page = as_alice.get(LOG).text
    assert "dana⟨U+200B⟩<wbr>@acme.example" in page
    assert "item⟨U+200B⟩.read" in page
    chosen = as_alice.get(LOG, {"event": stored.event_type, "user": stored.actor.email}).text
    assert chosen.count("item⟨U+200B⟩.read") >= 2  # the chip, too
    detail = as_alice.get(reverse("admin:activity_event_change", args=[stored.pk])).text
    for text in (
        "Dana⟨U+2066⟩",
        "v⟨U+200B⟩81",
        "i⟨U+202E⟩22",
        "Fire⟨U+200B⟩fox",
        "for⟨U+202E⟩ fun",
    ):
        assert text in detail
    exported = as_alice.get(f"{LOG}export/", {"format": "jsonl"}).getvalue().decode()
    assert json.loads(exported)["user"]["email"] == hidden["email"]
