import pytest

from activity.delivery.checks import check_settings


@pytest.mark.parametrize("seconds", [0.1, 20.0, 300])
def test_it_takes_a_timeout_that_can_be_meant(seconds, settings):
    settings.DELIVERY_TIMEOUT = seconds
    assert check_settings() == []


@pytest.mark.parametrize("seconds", [-1, 0, 301, float("nan")])
def test_it_refuses_a_timeout_that_cannot(seconds, settings):
    settings.DELIVERY_TIMEOUT = seconds
    assert [error.id for error in check_settings()] == ["delivery.E001"]
