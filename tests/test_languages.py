"""German and French: complete catalogues, and the language of pages, mails and commands."""

import gettext
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone, translation

from activity.api.models import ApiKey, Scope
from activity.delivery.models import Destination
from activity.delivery.notifications import MAIL_AFTER, notify
from activity.event_types import EVENT_TYPES, english_label
from activity.formats import FIELDS, FORMATS
from activity.importers.vendors.proton import code_named
from activity.models import Event
from tests.factories import PASSWORD, administrator, event

LANGUAGES = ["de", "fr"]
LOCALES = Path(settings.LOCALE_PATHS[0])
LOG = "/admin/activity/event/"
EXPORT = "/admin/activity/event/export/"
IN_GERMAN = {"Accept-Language": "de-CH, de;q=0.9, en;q=0.5"}
COOKIE = settings.LANGUAGE_COOKIE_NAME


def entries(language):
    text = (LOCALES / language / "LC_MESSAGES" / "django.po").read_text()
    return text.strip().split("\n\n")[1:]


def texts(entry, keyword):
    """The texts after a keyword such as `msgid`, or after `msgstr` and its plurals."""
    pattern = rf'^{keyword}(?:\[\d\])? ((?:"[^\n]*"\n?)+)'
    found = re.findall(pattern, entry + "\n", re.MULTILINE)
    return ["".join(re.findall(r'"([^\n]*)"', part)) for part in found]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_translates_every_text(language):
    gaps = [entry for entry in entries(language) if not all(texts(entry, "msgstr"))]
    assert gaps == []
    doubtful = [entry for entry in entries(language) if ", fuzzy" in entry or "#~" in entry]
    assert doubtful == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_keeps_the_placeholders_of_every_text(language):
    def placeholders(text):
        return sorted(re.findall(r"%\(\w+\)[sd]|%[sd]|\{\w+\}", text))

    for entry in entries(language):
        original = (texts(entry, "msgid_plural") or texts(entry, "msgid"))[0]
        assert placeholders(texts(entry, "msgstr")[-1]) == placeholders(original), entry


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_compiles_every_text(language):
    with (LOCALES / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in entries(language):
        (text,) = texts(entry, "msgid")
        (context,) = texts(entry, "msgctxt") or [None]
        first = texts(entry, "msgstr")[0].encode().decode("unicode_escape").encode("latin-1")
        text = text.replace(r"\n", "\n").replace(r"\"", '"')
        plural = texts(entry, "msgid_plural")
        if plural:
            assert compiled.ngettext(text, plural[0], 1) == first.decode()
        elif context:
            assert compiled.pgettext(context, text) == first.decode()
        else:
            assert compiled.gettext(text) == first.decode()


def test_it_follows_the_browser(as_alice):
    german = as_alice.get(LOG, headers=IN_GERMAN)
    assert "<h1>Aktivitätsprotokoll</h1>" in german.text
    assert '<html lang="de"' in german.text
    assert german["Content-Language"] == "de"
    assert "Accept-Language" in german["Vary"]
    french = as_alice.get(LOG, headers={"Accept-Language": "fr"})
    assert "<h1>Journal d’activité</h1>" in french.text
    assert "<h1>Activity log</h1>" in as_alice.get(LOG).text


def test_it_speaks_english_to_browsers_that_want_another_language(as_alice):
    assert "<h1>Activity log</h1>" in as_alice.get(LOG, headers={"Accept-Language": "sv"}).text


def test_it_keeps_the_choice_of_a_user(as_alice, alice):
    response = as_alice.post("/language/", {"language": "fr", "next": f"{LOG}?q=dana"})

    assert response["Location"] == f"{LOG}?q=dana"
    alice.refresh_from_db()
    assert alice.language == "fr"
    elsewhere = Client()
    elsewhere.force_login(alice)
    assert "Journal d’activité" in elsewhere.get(LOG, headers=IN_GERMAN).text


def test_it_follows_the_browser_again(as_alice, alice):
    as_alice.post("/language/", {"language": "fr"})
    response = as_alice.post("/language/", {"language": ""})

    assert response["Location"] == "/admin/"
    alice.refresh_from_db()
    assert alice.language == ""
    assert "Aktivitätsprotokoll" in as_alice.get(LOG, headers=IN_GERMAN).text


def test_it_keeps_the_choice_before_sign_in_in_a_cookie(client, alice):
    response = client.post("/language/", {"language": "de", "next": "/admin/login/"})

    assert response.cookies[COOKIE]["httponly"]
    assert response.cookies[COOKIE]["samesite"] == "Lax"
    assert "Anmelden" in client.get("/admin/login/").text
    client.post("/admin/login/", {"username": alice.email, "password": PASSWORD})
    assert "Aktivitätsprotokoll" in client.get(LOG).text


def test_it_offers_the_languages_on_every_page(as_alice, client):
    for page in [as_alice.get(f"{LOG}?q=dana"), client.get("/admin/login/"), client.get("/no/")]:
        for code in ["en", "de", "fr", ""]:
            assert f'name="language" value="{code}"' in page.text
    assert f'name="next" value="{LOG}?q=dana"' in as_alice.get(f"{LOG}?q=dana").text


@pytest.mark.parametrize("language", ["sv", "en-GB", "../de"])
def test_it_refuses_languages_that_it_does_not_speak(as_alice, alice, language):
    assert as_alice.post("/language/", {"language": language}).status_code == 400
    alice.refresh_from_db()
    assert alice.language == ""


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_it_leads_to_no_other_site(as_alice, url):
    response = as_alice.post("/language/", {"language": "de", "next": url})
    assert response["Location"] == "/admin/"


def test_it_takes_a_choice_by_post_alone_and_with_a_token(as_alice, alice):
    assert as_alice.get("/language/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post("/language/", {"language": "de"}).status_code == 403


def test_it_forgets_the_language_after_the_request(as_alice):
    as_alice.get(LOG, headers=IN_GERMAN)
    assert translation.get_language() == "en"


def test_it_shows_dates_and_numbers_as_the_language_writes_them(as_alice, acme):
    event(acme, occurred_at=datetime(2026, 11, 22, 10, 23, tzinfo=UTC))
    path = f"{LOG}?since=2026-11-22&until=2026-11-22"
    assert "22. Nov. 2026" in as_alice.get(path, headers=IN_GERMAN).text
    assert "22 nov. 2026" in as_alice.get(path, headers={"Accept-Language": "fr"}).text
    assert "22 Nov 2026" in as_alice.get(path).text


def test_it_draws_the_same_chart_in_every_language(as_alice, acme):
    for day in (3, 9, 21):
        event(acme, occurred_at=datetime(2026, 11, day, tzinfo=UTC))

    def drawn(language):
        page = as_alice.get(LOG, headers={"Accept-Language": language}).text
        return re.findall(r' (?:viewBox|x|d|width|data-count)="([^"]*)"', page)

    assert len(drawn("en")) > 10
    assert drawn("de") == drawn("fr") == drawn("en")


def test_it_exports_in_english(as_alice, acme):
    event(acme)
    english = b"".join(as_alice.get(EXPORT))
    assert b",Item Read,item.read," in english
    assert b"".join(as_alice.get(EXPORT, headers=IN_GERMAN)) == english


@pytest.mark.parametrize("language", [*LANGUAGES, "en"])
def test_it_names_event_types_for_machines_in_english(language, acme):
    with translation.override(language):
        event(acme)
        stored = Event.objects.values_list(*FIELDS, named=True).get()
        assert english_label("item.read") == "Item Read"
        assert code_named("Item Read") == "item.read"
        for code in ("ecs", "ocsf"):
            assert FORMATS[code].write(stored, acme)["message"] == "Item Read"


def test_it_translates_the_labels_of_event_types():
    for language in LANGUAGES:
        with translation.override(language):
            labels = {str(known.label) for known in EVENT_TYPES}
        assert len(labels) == len(EVENT_TYPES)
        assert not labels & {english_label(code) for code in EVENT_TYPES.codes()}


@pytest.mark.parametrize(
    ("path", "status"), [("/api/v1/events", 401), ("/api/v1/events?p=1", 400), ("/api/v1/no", 404)]
)
def test_it_answers_machines_in_english(client, acme, alice, path, status):
    key = ApiKey(organization=acme, name="SIEM", scopes=[Scope.READ])
    key.issue(created_by=alice)
    headers = {} if status == 401 else {"Authorization": f"Bearer {key.token}"}

    english = client.get(path, headers=headers)
    german = client.get(path, headers=headers | IN_GERMAN)

    assert german.status_code == status
    assert german.content == english.content
    assert "Accept-Language" not in german.get("Vary", "")


def test_it_answers_machines_in_english_whatever_the_language_of_the_site(client, db, settings):
    settings.LANGUAGE_CODE = "de"
    assert client.get("/api/v1/no").json()["detail"].startswith("Not found.")


def test_it_mails_administrators_in_their_languages(acme, alice):
    administrator(acme, email="jean@acme.example", language="fr")
    administrator(acme, email="heidi@acme.example", language="de")
    destination = Destination.objects.create(
        organization=acme,
        name="SIEM",
        kind="webhook",
        address="https://siem.example/in",
        failing_since=timezone.now() - MAIL_AFTER,
    )

    notify(destination)

    assert {tuple(message.to): message.subject for message in mail.outbox} == {
        (alice.email,): "Acme Robotics: the destination “SIEM” has failed for a day",
        ("heidi@acme.example",): "Acme Robotics: Das Ziel „SIEM“ ist seit einem Tag fehlerhaft",
        ("jean@acme.example",): (
            "Acme Robotics : la destination « SIEM » est en échec depuis un jour"
        ),
    }
    assert "Kein Ereignis geht verloren" in mail.outbox[1].body
