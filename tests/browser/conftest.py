"""A real Chromium, a watch over its pages, and a sample log."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from organizations.models import User
from tests.browser.log_page import LogPage
from tests.browser.sample_log import SampleLog
from tests.browser.watching import Watch

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 20_000

OpenPage = Callable[..., Page]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all browser tests. It is closed after them, because Playwright's event loop
    would affect other tests that use asyncio.
    """
    executable = shutil.which("chromium", path="/usr/bin") or shutil.which("chromium")
    if executable is None:
        pytest.skip("There is no Chromium here. On Debian: apt-get install chromium")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        except Error as error:
            pytest.skip(f"{executable} does not start: {error}")
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, live_server) -> Iterator[OpenPage]:
    """Open a page in a new context, signed in as the given user. A problem on any page fails the
    test.

    The time zone of the browser differs from those of the organizations.
    """
    watch = Watch(live_server.url)
    contexts = []

    def open_page(user: User | None = None, **options: Any) -> Page:
        options = {"timezone_id": "America/New_York", "locale": "en-GB"} | options
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        watch.follow(context)
        if user:
            context.add_cookies([session_cookie(user, live_server.url)])
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert watch.problems == []


def session_cookie(user: User, url: str) -> Any:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


@pytest.fixture
def sample(live_server, acme) -> SampleLog:
    """Acme's log."""
    return SampleLog.recorded_for(acme)


@pytest.fixture
def log(open_page, sample, alice) -> LogPage:
    """The page of Acme's log, for its administrator."""
    return LogPage(open_page(alice)).open()
