"""The page object of the log."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Locator, Page

from tests.browser.sample_log import Cells

PATH = "/admin/activity/event/"
READ_ROWS = """rows => rows.map(row => [
  row.querySelector("time").dateTime,
  ...[...row.cells].slice(1, 4).map(cell => cell.innerText.trim()),
])"""


@dataclass(frozen=True, slots=True)
class LogPage:
    page: Page

    def open(self, query: str = "") -> Self:
        self.page.goto(f"{PATH}?{query}" if query else PATH)
        return self

    def follow(self, control: Locator) -> None:
        """Click, and wait for the next page."""
        with self.page.expect_navigation():
            control.click()

    def press(self, key: str) -> None:
        """Press a key that opens another page, and wait for that page."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name, exact=True)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def panel(self, name: str) -> Locator:
        """Open a panel of the filter bar."""
        label = self.page.get_by_text(name, exact=True)
        panel = self.page.locator(".filter", has=label).locator("details")
        panel.locator("summary").click()
        return panel

    @property
    def parameters(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.page.url).query))

    @property
    def count(self) -> str:
        return self.page.locator(".result-count").inner_text()

    @property
    def rows(self) -> list[Cells]:
        """Instant, user, event and IP address of each row."""
        rows = self.page.locator("#result_list tbody tr").evaluate_all(READ_ROWS)
        return [(cells[0], cells[1], cells[2], cells[3]) for cells in rows]

    @property
    def chips(self) -> list[str]:
        """The key and value of each chip."""
        return self.page.locator(".chip .chip-text").all_inner_texts()
