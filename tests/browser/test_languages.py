"""The pages in German and French: every text is translated, and no text is cut or overflows."""

import re

import pytest
from django.core.management import call_command
from django.utils import timezone

from activity.api.models import ApiKey, Scope
from activity.delivery.kinds import KINDS
from activity.delivery.models import Destination
from activity.models import Event
from organizations.models import Role
from tests.factories import ImportJobFactory, MemberFactory, UpgradeRequestFactory, event

pytestmark = pytest.mark.browser

LOG = "/admin/activity/event/"
KEYS = "/admin/api/apikey/"
IMPORTS = "/admin/uploads/importjob/"
DESTINATIONS = "/admin/delivery/destination/"
ORGANIZATIONS = "/admin/organizations/organization/"
MEMBERS = "/admin/organizations/member/"
REQUESTS = "/admin/organizations/upgraderequest/"
USERS = "/admin/organizations/user/"

DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}

# Every text of the page, including closed panels and attributes that browsers show or read out.
TEXTS = """() => {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest("script, style, code, pre, [lang='en']"))
      texts.push(walker.currentNode.textContent);
  }
  const names = ["aria-label", "title", "placeholder", "data-none", "data-several", "data-text"];
  for (const element of document.querySelectorAll("*"))
    for (const name of names) texts.push(element.getAttribute(name) ?? "");
  for (const button of document.querySelectorAll("input[type=submit]")) texts.push(button.value);
  return texts.map(text => text.replace(/\\s+/g, " ").trim()).filter(text => text);
}"""
# Single-line texts that are wider than a box with hidden overflow.
CUT = """() => [...document.querySelectorAll("body *")].filter(element => {
  const style = getComputedStyle(element);
  return style.overflowX === "hidden" && element.scrollWidth > element.clientWidth + 1
    && element.clientWidth > 1
    && !element.closest("svg, .visually-hidden, .current-organization, .submit-row");
}).map(element => `${element.className}: ${element.textContent.trim().slice(0, 60)}`)"""
# Words that German or French shares with English.
SHARED = {
    "action", "actions", "app", "date", "dates", "destination", "destinations", "details", "filter",
    "format", "id", "import", "menu", "name", "note", "ok", "page", "pages", "plan", "source",
    "status", "support", "system", "token", "type", "json lines",
}  # fmt: skip
# Texts without translation: data of these tests, codes, names of products and formats.
DATA = re.compile(
    r"""[^a-zA-Z]*|.*@.*|.*[:/]//.*|[a-z_]+(\.[a-z_*]+)+|[\da-f:.-]+|[A-Z_]{2,}
    |.*\b(Acme\ Robotics|Birch\ &\ Co|Zebra|passaudit|SIEM|events\.jsonl|pa_\w+)\b.*
    |Proton\ Pass.*|Pass\ (Essentials|Professional).*|Proton\ Business\ Suite|1Password.*
    |Bitwarden.*
    |(EN|DE|FR|English|Deutsch|Français)|[\w/]+/[\w/]+|UTC.*|JSON|CSV|XLSX?|csv|xlsx?|slug|acme|birch
    |Syslog.*|Splunk.*|OCSF|Elastic\ Common\ Schema|±.*|From\ the\ source|No\.|galaxy\.imploded
    |[\d.,:\ –-]+(h|min|KB|MB|GB|B)?|Signed\.|It\ (is|takes)\ too.*|user\d+.*|Organization\ \d+""",
    re.VERBOSE,
)


class Reader:
    """Opens pages in English and in another language, and compares their texts."""

    def __init__(self, open_page, user, language):
        self.language = language
        self.english = open_page(user, locale="en-GB", **DESKTOP)
        self.page = open_page(user, locale=language, **DESKTOP)
        self.phone = open_page(user, locale=language, **PHONE)
        self.faults = []

    def visit(self, *paths):
        for path in paths:
            self.english.goto(path)
            self.page.goto(path)
            assert self.page.evaluate("document.documentElement.lang") == self.language
            english = set(self.english.evaluate(TEXTS))
            for text in sorted(set(self.page.evaluate(TEXTS)) & english):
                if not DATA.fullmatch(text) and text.casefold() not in SHARED:
                    self.faults.append(f"{path}: {text}")
            self.measure(self.page, path, DESKTOP)
            self.phone.goto(path)
            self.measure(self.phone, path, PHONE)

    def measure(self, page, path, skin):
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > skin["viewport"]["width"]:
            self.faults.append(f"{path}: is {width} pixels wide")
        self.faults += [f"{path}: cuts {text}" for text in page.evaluate(CUT)]


@pytest.fixture(params=["de", "fr"])
def read(request, open_page):
    """Return a reader for a user. Untranslated or cut texts fail the test."""
    readers = []

    def read(user=None):
        readers.append(Reader(open_page, user, request.param))
        return readers[-1]

    yield read
    assert [fault for reader in readers for fault in reader.faults] == []


def test_it_translates_the_pages_of_the_log(read, live_server, acme, alice):
    for code in ["item.read", "share.created", "invite.created", "signin.failed"]:
        event(acme, event_type=code, data={"more": "from the source"})
    first = Event.objects.first()
    MemberFactory(
        organization__slug="zebra", organization__name="Zebra", user=alice, role=Role.OWNER
    )
    read(alice).visit(
        f"{LOG}?organization=acme",
        f"{LOG}?organization=acme&q=acme&event=item.read,-vault&since=2026-11-01&order=oldest",
        f"{LOG}?organization=acme&since=2026-11-02T11:23:13&until=2026-11-02T11:23:14",
        f"{LOG}?organization=acme&q=nobody&user=dana@acme.example",
        f"{LOG}?organization=acme&q=10.0.0.0/99&since=yesterday&event=none&colour=red",
        f"{LOG}{first.pk}/change/?organization=acme",
        f"{LOG}?organization=zebra",
        "/admin/password_change/",
        "/admin/nowhere/",
        f"{ORGANIZATIONS}",
    )


def test_it_translates_the_pages_before_and_after_sign_in(read, live_server, acme, alice):
    event(acme, occurred_at=timezone.now())
    read().visit("/admin/login/")
    read(alice).visit("/admin/")


def test_it_translates_the_upgrade_page(read, live_server, birch, bob, support):
    reader = read(bob)
    reader.visit("/admin/", LOG)
    request = UpgradeRequestFactory(organization=birch, requested_by=bob)
    reader.visit(LOG)
    request.decline(note="No.", resolved_by=support)
    reader.visit(LOG)


def test_it_translates_the_pages_of_keys(read, live_server, acme, alice):
    key = ApiKey(organization=acme, name="SIEM", scopes=[Scope.READ])
    key.issue(created_by=alice)
    reader = read(alice)
    own = f"{KEYS}{key.pk}/"
    reader.visit(KEYS, f"{KEYS}add/", f"{own}change/", f"{own}revoke/", f"{own}history/")


def test_it_translates_the_pages_of_destinations(read, live_server, acme, alice, settings):
    settings.DELIVERY_FILES_DIR = "/nowhere"
    event(acme)
    failing = Destination.objects.create(
        organization=acme,
        name="SIEM",
        kind="webhook",
        address="https://siem.example/in",
        failing_since=timezone.now(),
        last_error="It takes too long to answer.",
    )
    failing.parked_events.create(organization=acme, seq=1, reason="It is too salty.")
    reader = read(alice)
    own = f"{DESTINATIONS}{failing.pk}/"
    reader.visit("/admin/", DESTINATIONS, f"{DESTINATIONS}add/")
    reader.visit(*[f"{DESTINATIONS}add/?kind={code}" for code in KINDS.codes()])
    reader.visit(*[f"{own}{page}/" for page in ["change", "replay", "secret", "delete"]])


def test_it_translates_the_pages_of_imports(read, live_server, acme, alice):
    reader = read(alice)
    content = b'{"occurred_at":"2026-11-02T10:23:13Z","event":"item.read"}\nbroken\n'
    jobs = [ImportJobFactory(organization=acme, content=content) for _ in range(2)]
    pages = [f"{IMPORTS}{job.pk}/change/" for job in jobs]
    reader.visit(IMPORTS, f"{IMPORTS}add/", pages[0])
    jobs[0].start()
    call_command("run_worker", "--once")
    reader.visit(pages[0], IMPORTS)


def test_it_translates_the_pages_of_support(read, live_server, acme, birch, support):
    member = MemberFactory(organization=acme)
    birch.change_plan("professional", reason="Signed.", changed_by=support)
    pending = UpgradeRequestFactory(organization=birch)
    declined = UpgradeRequestFactory(status="declined", resolved_by=support, note="No.")
    read(support).visit(
        "/admin/",
        ORGANIZATIONS,
        f"{ORGANIZATIONS}add/",
        f"{ORGANIZATIONS}{birch.pk}/change/",
        MEMBERS,
        f"{MEMBERS}add/",
        f"{MEMBERS}{member.pk}/change/",
        f"{MEMBERS}{member.pk}/delete/",
        f"{MEMBERS}import/",
        f"{MEMBERS}export/",
        REQUESTS,
        f"{REQUESTS}{pending.pk}/change/",
        f"{REQUESTS}{declined.pk}/change/",
        LOG,
    )


def test_it_translates_the_pages_of_superusers(read, live_server, superuser):
    read(superuser).visit(USERS, f"{USERS}add/", f"{USERS}{superuser.pk}/change/")
