"""System checks of settings that contradict each other."""

from typing import Any

from django.conf import settings
from django.core import checks


@checks.register(checks.Tags.security, deploy=True)
def _check_proxies(**_arguments: Any) -> list[checks.CheckMessage]:
    if settings.SECURE_PROXY_SSL_HEADER and not settings.TRUSTED_PROXIES:
        message = "BEHIND_PROXY is set, but TRUSTED_PROXIES is 0: all clients have one address."
        hint = "Set TRUSTED_PROXIES to the number of proxies, or all share one limit of sign-ins."
        return [checks.Warning(message, hint=hint, id="sign_in.W001")]
    return []
