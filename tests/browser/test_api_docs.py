"""The documentation of the API, a page of django-ninja, with our Content-Security-Policy."""

import pytest
from playwright.sync_api import expect

from tests.api.conftest import issue

pytestmark = pytest.mark.browser


def test_it_shows_and_tries_the_api_without_breaking_the_policy(open_page, live_server, acme):
    key = issue(acme)
    page = open_page()
    page.goto("/api/v1/docs")
    expect(page.locator(".opblock")).to_have_count(2)

    page.locator(".authorize").first.click()
    page.locator("input[aria-label='auth-bearer-value']").fill(key.token)
    page.locator(".auth-btn-wrapper .authorize").click()
    page.locator(".btn-done").click()
    page.locator(".opblock-post .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.locator("button.execute").click()
    expect(page.locator(".live-responses-table").first).to_contain_text('"accepted": 1')
