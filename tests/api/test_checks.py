"""Settings of the API."""

import pytest

from activity.api.checks import check_settings


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("API_RATE_PER_MINUTE", 0, ["api.E001"]),
        ("API_RATE_PER_MINUTE", -1, ["api.E001"]),
        ("API_RATE_PER_MINUTE", 60_000_001, ["api.E001"]),
        ("API_RATE_PER_MINUTE", 1, []),
        ("TRUSTED_PROXIES", -1, ["api.E002"]),
        ("TRUSTED_PROXIES", 2, []),
    ],
)
def test_it_checks_the_range_of_settings(settings, name, value, found):
    setattr(settings, name, value)
    assert [error.id for error in check_settings()] == found
