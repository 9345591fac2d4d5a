"""Record sign-ins: a line in the application's log, and an event in the activity log of each
organization of which the user is a member."""

import logging
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from activity.api.authentication import client_address
from activity.drafts import MAX_LENGTHS, EventDraft, InvalidDraft
from activity.recording import record
from organizations.models import Organization, User

SOURCE = "passaudit"
FAILURE = "_failed_sign_in"  # attribute of the request: what is recorded after the response

logger = logging.getLogger("passaudit.sign_in")


def signed_in(request: HttpRequest, user: User, methods: Sequence[str]) -> None:
    """`methods` are the ways in which the user authenticated, such as `password` and `totp`."""
    used = list(methods)
    logger.info(
        "User %s signed in from %s by %s.", user.pk, client_address(request), " and ".join(used)
    )
    _record(request, user, "signin.succeeded", {"methods": used})


def sign_in_failed(request: HttpRequest, user: User | None, reason: str) -> None:
    """`user` is None if no account has the given email address."""
    name = f"user {user.pk}" if user else "an unknown account"
    logger.warning("Sign-in of %s from %s failed: %s.", name, client_address(request), reason)
    if user:
        _record(request, user, "signin.failed", {"reason": reason})


def sign_in_refused(request: HttpRequest, seconds: int) -> None:
    """Records no event: otherwise an attacker could fill the log."""
    logger.warning(
        "Sign-in from %s refused for %d s: too many attempts.", client_address(request), seconds
    )


def _record(request: HttpRequest, user: User, event_type: str, data: dict[str, Any]) -> None:
    draft = _draft(request, user, event_type, {"service": SOURCE, **data})
    for organization in Organization.objects.filter(members__user=user):
        record(organization, [draft])


def _draft(request: HttpRequest, user: User, event_type: str, data: dict[str, Any]) -> EventDraft:
    fields: dict[str, Any] = {
        "occurred_at": timezone.now(),
        "event_type": event_type,
        "ip": client_address(request),
        "client": _client(request),
        "source": SOURCE,
    }
    try:
        return EventDraft(**fields, data=data, email=user.email, name=user.name)
    except InvalidDraft:  # an email address that no event can have
        return EventDraft(**fields, data={**data, "account": user.email})


def _client(request: HttpRequest) -> str:
    text = request.headers.get("User-Agent", "")
    return "".join(filter(str.isprintable, text))[: MAX_LENGTHS["client"]]
