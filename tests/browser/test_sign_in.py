"""Sign-in."""

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD

pytestmark = pytest.mark.browser


def sign_in(page, email, password=PASSWORD):
    page.goto("/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="Log in").click()


def test_it_lets_an_administrator_in_to_the_log_and_out(open_page, live_server, alice):
    page = open_page()
    sign_in(page, "Alice@acme.example")
    expect(page.get_by_role("heading", level=1)).to_have_text("Home")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Activity log").click()
    expect(page).to_have_title("Activity log | passaudit")

    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log out")).to_have_count(0)
    page.goto("/admin/activity/event/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_it_refuses_a_wrong_password(open_page, live_server, alice):
    page = open_page()
    sign_in(page, alice.email, "correct horse battery stable")

    expect(page.locator(".errornote")).to_contain_text("correct email address and password")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_it_turns_a_plain_member_away_politely(open_page, live_server, charlie):
    page = open_page()
    sign_in(page, charlie.email)

    expect(page.locator(".errornote")).to_contain_text("administer no organization")
    page.goto("/admin/activity/event/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
