"""Authentication by API key: the key, its networks, its rate limit and its scopes."""

import hmac
import re
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from activity.api import rate_limit
from activity.api.models import ApiKey, KeyStatus, Scope
from activity.api.problems import Problem
from activity.api.tokens import Token
from activity.ip import bare_ip

NO_DIGEST = "0" * 64

SCOPE = re.compile(r"%[^\]]*")  # of an IPv6 address, such as %eth0


class BearerKey(HttpBearer):
    """Accepts live keys that have `scope`. Sessions and cookies are ignored."""

    openapi_description = "An API key: pa_<id>_<secret>_<checksum>"

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """Return the key, or None if it is not valid for this client now.

        Raises `Problem`: 429 over the rate limit, 403 without the scope.
        """
        key = _valid_key(token, client_address(request))
        if key is None:
            return None
        seconds = rate_limit.take(key)
        if seconds:
            detail = _("Too many requests with this key. Wait %(seconds)d seconds.")
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                "rate_limited",
                detail % {"seconds": seconds},
                headers={"Retry-After": str(seconds)},
            )
        if self.scope not in key.scopes:
            detail = _("This key lacks the scope %(scope)s.") % {"scope": self.scope}
            raise Problem(HTTPStatus.FORBIDDEN, "wrong_scope", detail)
        return key


def _valid_key(text: str, address: str | None) -> ApiKey | None:
    token = Token.parse(text)
    if token is None:
        return None
    key = ApiKey.objects.select_related("organization").filter(prefix=token.id).first()
    is_same = hmac.compare_digest(key.digest if key else NO_DIGEST, token.digest)
    if key is None or not is_same:
        return None
    if key.status is not KeyStatus.LIVE:
        return None
    if not key.admits(address):
        return None
    return key


def client_address(request: HttpRequest) -> str | None:
    """Return the client's canonical IP address, or None if it is not known.

    Each proxy appends the address of its client to X-Forwarded-For. Entries before those of our
    proxies are set by the client and not trusted, so with `TRUSTED_PROXIES` proxies the address is
    that many entries from the end.
    """
    proxies: int = settings.TRUSTED_PROXIES
    if proxies:
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        hops = [hop for hop in hops if hop.strip()]  # RFC 9110 ignores empty elements of a list
        if len(hops) < proxies:
            return None
        address = hops[-proxies]
    else:
        address = request.META.get("REMOTE_ADDR", "")
    try:
        return bare_ip(SCOPE.sub("", address))
    except ValueError:
        return None
