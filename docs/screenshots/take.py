"""Take the screenshots of the README from a running demo (see CONTRIBUTING.md)."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
HOME, LOG = "/admin/", "/admin/activity/event/"
WIDTH, HEIGHT = 1280, 860
DESKTOP = {"viewport": {"width": WIDTH, "height": HEIGHT}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}


class Camera:
    """Signs in to the demo at `address` and saves screenshots beside this file."""

    def __init__(self, browser: Browser, address: str, password: str) -> None:
        self.browser = browser
        self.address = address
        self.password = password

    @contextmanager
    def signed_in(self, email: str, **options: Any) -> Iterator[Page]:
        context = self.browser.new_context(base_url=self.address, **(DESKTOP | options))
        page = context.new_page()
        page.goto("/")
        page.get_by_label("Email address").fill(email)
        page.get_by_label("Password").fill(self.password)
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("button", name="Log out").wait_for()
        yield page
        context.close()

    def take(self, page: Page, name: str, path: str, height: int = 0) -> None:
        """Open `path` and save the top `height` pixels of the window; 0 saves all of it."""
        if path != urlsplit(page.url).path:
            page.goto(path)
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": height} if height else None
        page.screenshot(path=HERE / f"{name}.png", animations="disabled", clip=clip)


def take_all(camera: Camera) -> None:
    a_week_ago = (datetime.now(UTC) - timedelta(days=7)).date()
    with camera.signed_in("admin@acme.example") as page:
        camera.take(page, "home", HOME, height=330)
        camera.take(page, "activity-light", LOG)
        camera.take(page, "activity-filtered", f"{LOG}?event=share,secure_link&since={a_week_ago}")
        page.goto(LOG)
        page.locator(".panel > summary").first.click()
        for label in ["Item Deleted", "Vault Deleted"]:
            page.get_by_label(label).check()
        camera.take(page, "event-panel", LOG)
    with camera.signed_in("admin@acme.example", color_scheme="dark") as page:
        camera.take(page, "activity-dark", LOG)
    with camera.signed_in("admin@acme.example", **PHONE) as page:
        camera.take(page, "phone", LOG)
    with camera.signed_in("admin@birch.example") as page:
        camera.take(page, "upgrade", LOG, height=620)
        page.get_by_role("button", name="Ask support").click()
        page.get_by_role("status").wait_for()
    with camera.signed_in("support@passaudit.example") as page:
        camera.take(page, "support", HOME, height=370)


def main() -> None:
    if len(sys.argv) != 2 or "DEMO_PASSWORD" not in os.environ:
        sys.exit("Usage: DEMO_PASSWORD=... .venv/bin/python docs/screenshots/take.py ADDRESS")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        take_all(Camera(browser, sys.argv[1], os.environ["DEMO_PASSWORD"]))
        browser.close()


if __name__ == "__main__":
    main()
