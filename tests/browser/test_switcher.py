"""Administrators of several organizations see one log at a time."""

import pytest
from playwright.sync_api import expect

from organizations.models import Role
from tests.browser.log_page import LogPage
from tests.factories import MemberFactory, OrganizationFactory, event

pytestmark = pytest.mark.browser


@pytest.fixture
def cedar(acme, alice):
    cedar = OrganizationFactory(name="Cedar Health", slug="cedar", time_zone="Asia/Kolkata")
    MemberFactory(organization=cedar, user=alice, role=Role.OWNER)
    event(acme, email="dana@acme.example")
    event(cedar, email="eve@cedar.example")
    return cedar


def test_it_switches_from_one_organization_to_the_other(open_page, live_server, alice, cedar):
    log = LogPage(open_page(alice)).open("q=example")
    assert [row[1] for row in log.rows] == ["dana@acme.example"]
    log.page.get_by_label("Organization").select_option("Cedar Health")
    log.follow(log.button("Switch"))

    assert log.parameters == {"organization": "cedar"}
    assert [row[1] for row in log.rows] == ["eve@cedar.example"]
    expect(log.page.get_by_role("banner")).to_contain_text("Cedar Health")
    expect(log.page.locator(".page-heading")).to_contain_text("Times in Asia/Kolkata.")


def test_it_stays_with_the_organization_while_filtering(open_page, live_server, alice, cedar):
    log = LogPage(open_page(alice)).open("organization=cedar")
    log.page.get_by_label("Email or IP").fill("e")
    log.press("Enter")

    assert log.parameters == {"organization": "cedar", "q": "e"}
    log.follow(log.page.locator("td.ip-cell a"))
    log.follow(log.page.locator("td.detail-cell a"))
    log.follow(log.link("Back to the log"))
    assert [row[1] for row in log.rows] == ["eve@cedar.example"]


def test_it_shows_no_switcher_to_who_has_one_organization(log):
    expect(log.button("Switch")).to_have_count(0)
