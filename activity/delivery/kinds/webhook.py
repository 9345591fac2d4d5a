"""HTTPS webhooks by Standard Webhooks 1.0.0: https://www.standardwebhooks.com

A batch is one request. Its body is a JSON array of events, even if there is only one. `webhook-id`
is derived from the body, so that the same batch has the same id at each attempt.
"""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from standardwebhooks import Webhook

from activity.delivery.forms import DestinationForm
from activity.delivery.kinds import KINDS
from activity.delivery.kinds.base import DestinationKind, Message
from activity.delivery.models import Destination
from activity.delivery.network.http import HttpClient, raise_for_status
from activity.formats import to_json

SECRET_PREFIX = "whsec_"  # noqa: S105 - the prefix of all secrets
SECRET_BYTES = 32


class WebhookForm(DestinationForm):
    address_help = _("The URL that receives POST requests: https://siem.example.com/passaudit.")


class WebhookTransport:
    MAX_BATCH: ClassVar[int] = 100

    def __init__(self, destination: Destination) -> None:
        self.prefix = f"{destination.pk}\n"
        self.signer = Webhook(destination.secret)
        self.client = HttpClient(destination.address, ca_certificate=destination.ca_certificate)

    def send(self, messages: Sequence[Message]) -> None:
        body = f"[{','.join(to_json(message.content) for message in messages)}]"
        raise_for_status(self.client.post(body.encode(), self._headers(body)))

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


def new_secret() -> str:
    """A random signing secret in the format of Standard Webhooks."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


KINDS.register(
    DestinationKind(
        code="webhook",
        label=_("HTTPS webhook"),
        description=_(
            "Batches of events are posted to your URL, signed by the Standard Webhooks rules. For "
            "Vector, Logstash and your own programs."
        ),
        form=WebhookForm,
        transport=WebhookTransport,
        new_secret=new_secret,
    )
)
