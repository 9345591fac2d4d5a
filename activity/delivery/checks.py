"""Settings with which nothing could be delivered, or workers would be overtaken while they wait."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

LONGEST_TIMEOUT = 300


@register
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    if 0.1 <= settings.DELIVERY_TIMEOUT <= LONGEST_TIMEOUT:
        return []
    message = f"DELIVERY_TIMEOUT must be 0.1 to {LONGEST_TIMEOUT} seconds."
    return [Error(message, id="delivery.E001")]
