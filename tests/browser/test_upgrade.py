"""An upgrade: request, approval by support, access to the log."""

import pytest
from playwright.sync_api import expect

from tests.browser.log_page import PATH, LogPage
from tests.browser.sample_log import SampleLog
from tests.factories import UpgradeRequestFactory

pytestmark = pytest.mark.browser

REQUESTS = "/admin/organizations/upgraderequest/"
ASK = "Ask support to upgrade"


def heading(page):
    return page.get_by_role("heading", level=1)


def test_it_leads_from_the_request_to_the_log_with_its_history(
    open_page, live_server, birch, bob, support
):
    sample = SampleLog.recorded_for(birch)
    bobs_page, supports_page = open_page(bob), open_page(support)

    assert bobs_page.goto(PATH).status == 403
    expect(heading(bobs_page)).to_have_text("See who did what, when and where")
    expect(bobs_page.locator("main")).to_contain_text("Current plan: Pass Essentials")
    bobs_page.get_by_role("button", name=ASK).click()
    expect(bobs_page.locator(".messagelist")).to_have_text("Your request was sent to support.")
    expect(bobs_page.get_by_role("status")).to_contain_text("Your request is pending.")
    expect(bobs_page.get_by_role("button", name=ASK)).to_have_count(0)

    supports_page.goto("/admin/")
    supports_page.get_by_role("link", name="Birch & Co").click()
    supports_page.get_by_label("New plan").select_option("Pass Professional")
    supports_page.get_by_role("button", name="Approve and change the plan").click()
    expect(supports_page.locator(".messagelist")).to_have_text("Birch & Co: Approved.")

    log = LogPage(bobs_page).open()
    assert log.count == "240 events"
    assert log.rows == sample.rows()[:50]


def test_it_says_that_a_request_is_pending_to_who_asks_twice(open_page, live_server, bob):
    first, second = open_page(bob), open_page(bob)
    first.goto(PATH)
    second.goto(PATH)
    first.get_by_role("button", name=ASK).click()
    expect(first.locator(".messagelist")).to_have_text("Your request was sent to support.")
    second.get_by_role("button", name=ASK).click()

    expect(second.locator(".messagelist")).to_have_text("Your request is already pending.")


def test_it_shows_why_a_request_was_declined(open_page, live_server, birch, bob, support):
    request = UpgradeRequestFactory(organization=birch, requested_by=bob)
    page = open_page(support)
    page.goto(f"{REQUESTS}{request.pk}/change/")
    page.get_by_role("button", name="Decline the request").click()
    expect(page.locator(".errorlist")).to_have_text("Tell the organization why.")
    page.get_by_label("Reason").fill("The invoice of October is open.")
    page.get_by_role("button", name="Decline the request").click()
    expect(page.locator(".messagelist")).to_have_text("Birch & Co: Declined.")

    bobs_page = open_page(bob)
    bobs_page.goto(PATH)
    expect(bobs_page.locator(".upgrade-status q")).to_have_text("The invoice of October is open.")
    bobs_page.get_by_role("button", name="Ask support again").click()
    expect(bobs_page.get_by_role("status")).to_contain_text("Your request is pending.")
