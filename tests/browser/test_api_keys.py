"""An API key is created, shown once, and revoked."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

KEYS = "/admin/api/apikey/"


def test_it_shows_a_new_key_once_and_revokes_it(open_page, live_server, alice):
    page = open_page(alice)
    page.goto(KEYS)
    page.get_by_role("link", name="Add API key").click()
    page.get_by_label("Name").fill("SIEM")
    page.locator("input[name=scopes]").first.check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your new API key")
    token = page.get_by_label("API key", exact=True).input_value()
    assert token.startswith("pa_")

    page.get_by_role("link", name="I have copied the key").click()
    page.get_by_role("link", name="SIEM").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("API key")
    assert token not in page.content()

    page.get_by_role("link", name="Revoke").click()
    page.get_by_role("button", name="Revoke the key").click()
    expect(page.locator(".messagelist")).to_contain_text("is revoked")
    expect(page.locator("#result_list")).to_contain_text("Revoked")
