"""Our pages have no violations of WCAG 2.1, levels A and AA, that axe can detect."""

from http import HTTPStatus

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.utils import timezone

from activity.api.models import ApiKey, Scope
from activity.delivery.kinds import KINDS
from activity.delivery.models import Destination
from activity.models import Event
from organizations.models import Role
from tests.browser.test_member_import import DANA, LEE, as_csv
from tests.factories import (
    PASSWORD,
    ImportJobFactory,
    MemberFactory,
    UpgradeRequestFactory,
    event,
)

pytestmark = pytest.mark.browser

LOG = "/admin/activity/event/"
KEYS = "/admin/api/apikey/"
IMPORTS = "/admin/uploads/importjob/"
DESTINATIONS = "/admin/delivery/destination/"
ORGANIZATIONS = "/admin/organizations/organization/"
MEMBERS = "/admin/organizations/member/"
REQUESTS = "/admin/organizations/upgraderequest/"
USERS = "/admin/organizations/user/"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
    "preload": False,
}
SKINS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}


class Inspector:
    """Runs axe on pages and collects the violations."""

    def __init__(self, page):
        self.page = page
        self.axe = Axe()
        self.violations = []

    def visit(self, *paths):
        for path in paths:
            response = self.page.goto(path)
            assert response.status in {HTTPStatus.OK, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
            self.look()

    def look(self):
        for found in self.axe.run(self.page, options=RULES).response["violations"]:
            self.violations += [
                f"{self.page.url} {found['id']}: {node['target']} {node['failureSummary']}"
                for node in found["nodes"]
            ]


@pytest.fixture(params=SKINS)
def inspect(request, open_page):
    """Return an inspector for a user. Violations fail the test."""
    inspectors = []

    def inspect(user=None):
        inspectors.append(Inspector(open_page(user, **SKINS[request.param])))
        return inspectors[-1]

    yield inspect
    assert [found for inspector in inspectors for found in inspector.violations] == []


def test_it_is_accessible_before_sign_in(inspect, live_server, charlie):
    inspector = inspect()
    inspector.visit("/admin/login/")
    inspector.page.get_by_label("Email address").fill(charlie.email)
    inspector.page.get_by_label("Password").fill(PASSWORD)
    with inspector.page.expect_navigation():
        inspector.page.get_by_role("button", name="Log in").click()
    inspector.look()


def test_it_is_accessible_to_administrators(inspect, live_server, acme, alice):
    for code in ["item.read", "share.created", "invite.created", "galaxy.imploded"]:
        event(acme, event_type=code, data={"more": "from the source"})
    key = ApiKey(organization=acme, name="SIEM", scopes=[Scope.READ])
    key.issue(created_by=alice)
    first = Event.objects.first()
    inspector = inspect(alice)

    inspector.visit(
        "/admin/",
        f"{LOG}?q=dana&event=item.read,-vault&since=2026-11-01",
        f"{LOG}?since=2026-11-02T11:23:13&until=2026-11-02T11:23:14",
        f"{LOG}?q=nobody&user=dana@acme.example",
        f"{LOG}?q=10.0.0.0/99&since=yesterday&event=none&colour=red",
        f"{LOG}{first.pk}/change/?organization=acme",
        KEYS,
        f"{KEYS}add/",
        f"{KEYS}{key.pk}/change/",
        f"{KEYS}{key.pk}/revoke/",
        "/admin/password_change/",
        "/admin/nowhere/",
    )


def test_it_is_accessible_where_destinations_are(inspect, live_server, acme, alice, settings):
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
    inspector = inspect(alice)
    own = f"{DESTINATIONS}{failing.pk}/"
    inspector.visit("/admin/", DESTINATIONS, f"{DESTINATIONS}add/")
    inspector.visit(*[f"{DESTINATIONS}add/?kind={kind}" for kind in KINDS.codes()])
    inspector.visit(*[f"{own}{page}/" for page in ["change", "replay", "secret", "delete"]])
    inspector.page.goto(f"{own}replay/")
    for name in ["Deliver again", "Generate a new secret"]:
        with inspector.page.expect_navigation():
            inspector.page.get_by_role("button", name=name).click()
        inspector.look()
        inspector.page.goto(f"{own}secret/")


def test_it_is_accessible_with_a_switcher_and_an_open_panel(inspect, live_server, acme, alice):
    event(acme)
    MemberFactory(organization__slug="zebra", user=alice, role=Role.OWNER)
    inspector = inspect(alice)
    inspector.visit(LOG)
    filters = inspector.page.locator("details.filters > summary")
    if filters.is_visible():
        filters.click()
        inspector.look()
    for summary in inspector.page.locator(".panel > summary").all():
        summary.click()
        inspector.look()


def test_it_is_accessible_on_essentials(inspect, live_server, birch, bob):
    inspector = inspect(bob)
    inspector.visit("/admin/", LOG)
    with inspector.page.expect_navigation():
        inspector.page.get_by_role("button", name="Ask support to upgrade").click()
    inspector.look()
    birch.upgrade_requests.get().decline(note="No.", resolved_by=bob)
    inspector.visit(LOG)


def test_it_is_accessible_while_a_new_key_is_shown(inspect, live_server, acme, alice):
    inspector = inspect(alice)
    inspector.visit(f"{KEYS}add/")
    for _ in ["error", "success"]:
        with inspector.page.expect_navigation():
            inspector.page.get_by_role("button", name="Save", exact=True).click()
        inspector.look()
        if inspector.page.get_by_label("Name").is_visible():
            inspector.page.get_by_label("Name").fill("SIEM")
            inspector.page.locator("input[name=scopes]").first.check()


def test_it_is_accessible_while_a_file_is_imported(inspect, live_server, acme, alice):
    inspector = inspect(alice)
    content = b'{"occurred_at":"2026-11-02T10:23:13Z","event":"item.read"}\nbroken\n'
    jobs = [ImportJobFactory(organization=acme, content=content) for _ in range(2)]
    pages = [f"{IMPORTS}{job.pk}/change/" for job in jobs]
    inspector.visit(IMPORTS, f"{IMPORTS}add/", pages[0])
    jobs[0].start()
    inspector.visit(pages[0])
    call_command("run_worker", "--once")
    jobs[1].file.storage.delete(jobs[1].file.name)
    inspector.visit(*pages, f"{IMPORTS}{jobs[0].pk}/history/", IMPORTS)
    inspector.page.goto(f"{IMPORTS}add/")
    file = {"name": "events.zip", "mimeType": "", "buffer": b"PK\x03\x04"}
    inspector.page.locator("input[name=file]").set_input_files(file)
    with inspector.page.expect_navigation():
        inspector.page.get_by_role("button", name="Upload and preview").click()
    inspector.look()


def test_it_is_accessible_to_support(inspect, live_server, acme, birch, support):
    member = MemberFactory(organization=acme)
    birch.change_plan("professional", reason="Signed.", changed_by=support)
    pending = UpgradeRequestFactory(organization=birch)
    declined = UpgradeRequestFactory(status="declined", resolved_by=support, note="No.")
    inspector = inspect(support)

    inspector.visit(
        "/admin/",
        ORGANIZATIONS,
        f"{ORGANIZATIONS}?q=nobody",
        f"{ORGANIZATIONS}add/",
        f"{ORGANIZATIONS}{birch.pk}/change/",
        f"{ORGANIZATIONS}{birch.pk}/history/",
        f"{ORGANIZATIONS}{birch.pk}/delete/",
        f"{MEMBERS}?organization=acme",
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


@pytest.mark.parametrize("rows", [[LEE, DANA], [LEE, ["acne", "kim", "Kim", "boss", "gone"]]])
def test_it_is_accessible_while_members_are_imported(inspect, live_server, acme, support, rows):
    inspector = inspect(support)
    inspector.page.goto(f"{MEMBERS}import/")
    inspector.page.get_by_label("File to import").set_input_files(as_csv(*rows))
    with inspector.page.expect_navigation():
        inspector.page.get_by_role("button", name="Submit").click()
    inspector.look()


def test_it_is_accessible_to_superusers(inspect, live_server, superuser):
    inspect(superuser).visit("/admin/", USERS, f"{USERS}add/", f"{USERS}{superuser.pk}/change/")
