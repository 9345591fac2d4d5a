"""A real Chromium, a watch over all that it opens, and a log to look at."""

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
    """One for all browser tests, and no longer: asyncio takes its event loop for everybody's."""
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
    """Opens a page in a context of its own; what goes wrong in any of them fails the test.

    Give a user to be signed in. The browser is far from the organizations' time zones.
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
    """Acme's log as its administrator sees it."""
    return LogPage(open_page(alice)).open()
