"""Pages about the log of one organization beside the list, such as reports. Plugins add them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from activity.reading.query import LogQuery
from activity.registry import Registry
from organizations.plans import Feature


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page that the log links to.

    It takes the same filters as the list. passaudit checks access, plan and filters first, with the
    rules of the list; only then it calls `context` with the query, and renders `template`, which
    extends "admin/activity/event/page.html", with what it returns.
    """

    code: str
    label: str | Promise
    template: str
    context: Callable[[LogQuery], Mapping[str, Any]]
    feature: Feature = Feature.READ_LOG


PAGES: Registry[LogPage] = Registry("page")
