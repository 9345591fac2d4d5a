"""The pages for support staff."""

import pytest
from playwright.sync_api import expect

from tests.factories import MemberFactory, OrganizationFactory

pytestmark = pytest.mark.browser

ORGANIZATIONS = "/admin/organizations/organization/"


@pytest.fixture
def page(open_page, live_server, support):
    return open_page(support)


def names(page):
    return page.locator("#result_list .field-name")


def test_it_finds_organizations(page, acme, birch):
    MemberFactory.create_batch(3, organization=acme)
    page.goto(ORGANIZATIONS)
    expect(names(page)).to_have_text(["Acme Robotics", "Birch & Co"])
    expect(page.locator("tr", has_text="Acme").locator(".badge")).to_have_text("Pass Professional")
    expect(page.locator("tr", has_text="Acme").locator(".field-member_count")).to_have_text("3")

    page.get_by_role("link", name="Pass Essentials").click()
    expect(names(page)).to_have_text(["Birch & Co"])
    page.goto(ORGANIZATIONS)
    page.locator("#searchbar").fill("robot")
    page.keyboard.press("Enter")
    expect(names(page)).to_have_text(["Acme Robotics"])


def test_it_wants_a_reason_for_a_change_of_plan(page, birch):
    page.goto(f"{ORGANIZATIONS}{birch.pk}/change/")
    page.get_by_label("Plan:").select_option("Pass Professional")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errorlist")).to_have_text("Say why the plan changes.")

    page.get_by_label("Why the plan changes").fill("Signed on 2 November.")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist")).to_contain_text("was changed successfully")
    history = page.locator(".plan-history li")
    expect(history).to_have_count(1)
    expect(history).to_contain_text("Signed on 2 November.")
    expect(history).to_contain_text("support@passaudit.example")


def test_it_makes_an_organization_and_its_slug(page):
    page.goto(ORGANIZATIONS)
    page.get_by_role("link", name="Add organization").click()
    page.get_by_label("Name:").press_sequentially("Cedar Health")
    expect(page.get_by_label("Slug:")).to_have_value("cedar-health")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(names(page)).to_have_text(["Cedar Health"])


def test_it_shows_the_members_of_an_organization(page, acme):
    MemberFactory(organization=acme, user=None, email="dana@acme.example")
    MemberFactory(organization=OrganizationFactory(), user=None, email="eve@cedar.example")
    page.goto(f"{ORGANIZATIONS}{acme.pk}/change/")
    page.get_by_role("link", name="1 member").click()

    expect(page.locator("#result_list .field-email")).to_have_text(["dana@acme.example"])


def test_it_shows_no_event_to_the_support_staff(page, acme):
    page.goto("/admin/")
    expect(page.get_by_role("link", name="Activity log")).to_have_count(0)
    assert page.goto("/admin/activity/event/?organization=acme").status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("You don’t have access to this page")
