"""No test is skipped unnoticed (a pytest plugin).

Tests for one database are left out on the other. With CI=true, where all requirements of tests are
installed, any other skipped test is a failure.
"""

import os
from collections.abc import Generator

import pytest
from django.db import connection

DATABASE_MARKERS = {"postgresql", "sqlite"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    elsewhere = DATABASE_MARKERS - {connection.vendor}
    left_out = [item for item in items if any(map(item.get_closest_marker, elsewhere))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    is_skipped = report.skipped and not hasattr(report, "wasxfail")
    if is_skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"Skipped, which CI=true does not allow: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_if_skipped(report)
    return report
