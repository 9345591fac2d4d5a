"""System check of the delivery timeout. Leases depend on it."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

MIN_TIMEOUT = 0.1
MAX_TIMEOUT = 300


@register
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    if MIN_TIMEOUT <= settings.DELIVERY_TIMEOUT <= MAX_TIMEOUT:
        return []
    message = f"DELIVERY_TIMEOUT must be {MIN_TIMEOUT} to {MAX_TIMEOUT} seconds."
    return [Error(message, id="delivery.E001")]
