"""HTTPS webhooks as Standard Webhooks 1.0.0 has them: https://www.standardwebhooks.com

A batch is one request, whose body is a JSON array of events, also when it is a single one.
`webhook-id` comes from the body, so that the same batch has the same id however often it is sent.
"""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from typing import ClassVar

from django.utils import timezone
from standardwebhooks import Webhook

from activity.delivery.kinds.base import Message
from activity.delivery.models import Destination
from activity.delivery.network.answers import check
from activity.delivery.network.http import HttpClient
from activity.formats import to_json

SECRET_PREFIX = "whsec_"  # noqa: S105 - what secrets begin with
SECRET_BYTES = 32


def new_secret() -> str:
    """A signing secret as receivers want it."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


class WebhookTransport:
    MAX_BATCH: ClassVar[int] = 100

    def __init__(self, destination: Destination) -> None:
        self.prefix = f"{destination.pk}\n"
        self.signer = Webhook(destination.secret)
        self.client = HttpClient(destination.address, ca_certificate=destination.ca_certificate)

    def send(self, messages: Sequence[Message]) -> None:
        body = f"[{','.join(to_json(message.content) for message in messages)}]"
        check(self.client.post(body.encode(), self._headers(body)))

    def close(self) -> None:
        self.client.close()

    def _headers(self, body: str) -> dict[str, str]:
        digest = hashlib.sha256((self.prefix + body).encode()).hexdigest()
        webhook_id, now = f"msg_{digest[:32]}", timezone.now()
        return {
            "Content-Type": "application/json",
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self.signer.sign(webhook_id, now, body),
        }
