"""System checks of the settings of the API."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from activity.api.rate_limit import MICROSECONDS_PER_MINUTE as MAX_PER_MINUTE


@register
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not 1 <= settings.API_RATE_PER_MINUTE <= MAX_PER_MINUTE:
        message = f"API_RATE_PER_MINUTE must be 1 to {MAX_PER_MINUTE}."
        found.append(Error(message, id="api.E001"))
    if settings.TRUSTED_PROXIES < 0:
        message = "TRUSTED_PROXIES is the number of proxies in front of the site: 0 or more."
        found.append(Error(message, id="api.E002"))
    return found
