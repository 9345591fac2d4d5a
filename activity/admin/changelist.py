"""The data of the log's page.

Replaces `django.contrib.admin.views.main.ChangeList`, which counts all rows, pages by OFFSET and
parses filters itself. Of its attributes, `EventChangeList` has `result_list`, `result_count` and
`full_result_count`.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activity.admin.widgets.chart import Chart, Limits, draw
from activity.admin.widgets.chips import Chip, chips
from activity.admin.widgets.event_panel import EventPanel, event_panel
from activity.admin.widgets.range_panel import RangePanel, range_panel
from activity.admin.widgets.rows import Row, rows
from activity.clock import Clock
from activity.log_urls import CURSOR, EXACT, SHOWN, LogUrl
from activity.reading.facets import counting
from activity.reading.facets.counting import Summary
from activity.reading.filters import ORGANIZATION, declared_filters, narrowing_filters
from activity.reading.ordering import Cursor, Order, Page
from activity.reading.query import LogQuery
from activity.reading.timeouts import QueryTimeout

FIELDS = ("q", "event", "since", "until")
OUT_OF_TIME = Page([], None, None, None)


@dataclass(frozen=True, slots=True)
class PageLink:
    label: str | Promise
    url: str
    relation: str


@dataclass(frozen=True, slots=True)
class Problem:
    """An error of a parameter that has no field on the page, and the URL without it."""

    message: str
    remove_url: str


class EventChangeList:
    """One page of the log with its filters, counts and chart.

    The constructor runs all SQL of the page. The properties only prepare it for the template.
    """

    def __init__(self, query: LogQuery, address: LogUrl, now: datetime) -> None:
        self.query = query
        self.address = address
        self.now = now
        self.clock = Clock(query.organization.zone)
        self.is_valid = query.is_valid
        self.form = query.filterset.form
        self.values: dict[str, Any] = self.form.cleaned_data
        self.summary: Summary
        self.page: Page
        self._fetch()

    def _fetch(self) -> None:
        """Query the counts, then the rows. Both have a time limit."""
        self.summary = counting.summarize(self.query)
        try:
            self.page = self.query.page()
        except QueryTimeout:
            self.page = OUT_OF_TIME

    @property
    def is_out_of_time(self) -> bool:
        """Whether the database did not return the rows within `PAGE_SECONDS`."""
        return self.page is OUT_OF_TIME

    @cached_property
    def result_list(self) -> list[Row]:
        slug = self.query.organization.slug
        return list(rows(self.page.rows, self.address, self.clock, slug))

    @property
    def year(self) -> str:
        """The current year. Narrow screens do not show it."""
        return self.clock.year(self.now)

    @property
    def result_count(self) -> int | None:
        """The number of matching events; None when counting them took too long."""
        return self.summary.total

    @property
    def full_result_count(self) -> int:
        return self.query.head.size

    @cached_property
    def chart(self) -> Chart | None:
        limits = Limits(self.values.get("since"), self.values.get("until"))
        return draw(self.summary, self.address, self.clock, limits)

    @cached_property
    def chips(self) -> list[Chip]:
        return chips(self.values, self.address, self.clock)

    @property
    def clear_url(self) -> str:
        return str(self.address.without(*narrowing_filters()))

    @property
    def csv_url(self) -> str:
        return str(self.address.without().at(reverse("admin:activity_event_export")))

    @property
    def json_lines_url(self) -> str:
        export = self.address.at(reverse("admin:activity_event_export"))
        return str(export.with_params(format="jsonl"))

    @cached_property
    def event_panel(self) -> EventPanel:
        return event_panel(
            self.values.get("event"),
            self.summary.type_counts if self.is_valid else None,
            self.query.head.type_counts,
            tokens=self.address.values("event"),
        )

    @property
    def type_search(self) -> LogUrl:
        """The search among all event types of the log."""
        return self.address.without().at(reverse("admin:activity_event_types"))

    @cached_property
    def range_panel(self) -> RangePanel:
        since, until = self.values.get("since"), self.values.get("until")
        return range_panel(since, until, self.address, self.clock, self.now)

    @property
    def search_text(self) -> str:
        """The text of the search box, valid or not."""
        return self.address.value("q")

    @property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """Hidden fields of the filter form: the parameters without a control in the filter bar,
        and the exact times (see `log_urls.from_form`).
        """
        carried = {ORGANIZATION, *declared_filters()} - {*FIELDS, CURSOR}
        pairs = [pair for pair in self.address.parameters if pair[0] in carried]
        pairs += [("event", token) for token in self.event_panel.hidden]
        for name in ("since", "until"):
            field = getattr(self.range_panel, name)
            if field.exact:
                pairs += [(SHOWN + name, field.value), (EXACT + name, field.exact)]
        return pairs

    @cached_property
    def problems(self) -> list[Problem]:
        """The errors that no field on the page shows."""
        found = []
        for name, errors in self.form.errors.as_data().items():
            for error in errors if name not in FIELDS else []:
                parameter = error.params["parameter"] if name == NON_FIELD_ERRORS else name
                found.append(Problem(error.messages[0], str(self.address.without(parameter))))
        return found

    @property
    def is_newest_first(self) -> bool:
        return self.query.order is Order.NEWEST

    @property
    def order_url(self) -> str:
        """The URL of the other order."""
        if self.is_newest_first:
            return str(self.address.with_params(order=Order.OLDEST))
        return str(self.address.without("order"))

    @property
    def page_links(self) -> list[PageLink]:
        """The links below the table: first, previous, next and last page."""
        newest, newer = _("Newest"), _("Newer")
        oldest, older = _("Oldest"), _("Older")
        labels = (newest, newer, older, oldest)
        if not self.is_newest_first:
            labels = (oldest, older, newer, newest)
        page = self.page
        urls = [
            str(self.address.without()) if page.previous else "",
            *(self._page_url(cursor) for cursor in (page.previous, page.next, page.last)),
        ]
        relations = ("first", "prev", "next", "last")
        links = map(PageLink, labels, urls, relations)
        return [link for link in links if link.url]

    def _page_url(self, cursor: Cursor | None) -> str:
        return str(self.address.with_params(**{CURSOR: cursor.encode()})) if cursor else ""
