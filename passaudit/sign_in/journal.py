"""What is written down about sign-ins: a line in the application's log, and an event in the log of
each organization that the account is a member of."""

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
FAILURE = "_failed_sign_in"  # on the request: what is recorded after the answer

logger = logging.getLogger("passaudit.sign_in")


def signed_in(request: HttpRequest, user: User, methods: Sequence[str]) -> None:
    """`methods` are what the person has shown, such as `password` and `totp`."""
    shown = list(methods)
    logger.info(
        "User %s signed in from %s by %s.", user.pk, client_address(request), " and ".join(shown)
    )
    _record(request, user, "signin.succeeded", {"methods": shown})


def sign_in_failed(request: HttpRequest, user: User | None, reason: str) -> None:
    """`user` is None where no account has the address that was given."""
    name = f"user {user.pk}" if user else "an unknown account"
    logger.warning("Sign-in of %s from %s failed: %s.", name, client_address(request), reason)
    if user:
        _record(request, user, "signin.failed", {"reason": reason})


def sign_in_refused(request: HttpRequest, seconds: int) -> None:
    """No event: the log would grow with every refusal."""
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
    except InvalidDraft:  # an address with a comma, which no event can have
        return EventDraft(**fields, data={**data, "account": user.email})


def _client(request: HttpRequest) -> str:
    text = request.headers.get("User-Agent", "")
    return "".join(filter(str.isprintable, text))[: MAX_LENGTHS["client"]]
