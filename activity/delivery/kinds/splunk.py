"""Splunk's HTTP Event Collector, several events a request.

https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data
"""

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.delivery.kinds.base import Message, Refused, Unavailable
from activity.delivery.models import Destination
from activity.delivery.network.answers import check
from activity.delivery.network.http import Answer, HttpClient
from activity.formats import to_json

PATH = "/services/collector/event"
# What the `code` of an answer means. The first ones are about the events, the others about us.
ABOUT_EVENTS = {
    5: gettext_lazy("no data"),
    6: gettext_lazy("invalid data format"),
    12: gettext_lazy("an event is missing"),
    13: gettext_lazy("an event is blank"),
    15: gettext_lazy("an indexed field is wrong"),
}
ABOUT_US = {
    1: gettext_lazy("the token is switched off"),
    2: gettext_lazy("it wants a token"),
    3: gettext_lazy("it does not understand the token"),
    4: gettext_lazy("it does not know the token"),
    7: gettext_lazy("the token's index does not exist, or the token may not write to it"),
    8: gettext_lazy("internal server error"),
    9: gettext_lazy("the server is busy"),
    10: gettext_lazy("switch off “Enable indexer acknowledgement” for this token"),
    11: gettext_lazy("switch off “Enable indexer acknowledgement” for this token"),
}


class SplunkTransport:
    MAX_BATCH: ClassVar[int] = 500

    def __init__(self, destination: Destination) -> None:
        self.metadata = {
            "host": destination.organization.slug,
            "source": "passaudit",
            "sourcetype": f"passaudit:{destination.format}",
        }
        self.authorization = f"Splunk {destination.secret}"
        self.client = HttpClient(
            destination.address, ca_certificate=destination.ca_certificate, path=PATH
        )

    def send(self, messages: Sequence[Message]) -> None:
        body = "\n".join(to_json(self._event(message)) for message in messages)
        headers = {"Authorization": self.authorization, "Content-Type": "application/json"}
        answer = self.client.post(body.encode(), headers)
        _check_code(answer)
        check(answer)

    def close(self) -> None:
        self.client.close()

    def _event(self, message: Message) -> dict[str, Any]:
        """`time` is in seconds since 1970, with their fraction."""
        time = message.occurred_at.timestamp()
        return {"time": time, **self.metadata, "event": message.content}


def _check_code(answer: Answer) -> None:
    """Raises `Refused` or `Unavailable` for a failure that has a known code."""
    if answer.is_success:
        return
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return
    code = found.get("code") if isinstance(found, dict) else None
    if not isinstance(code, int):
        return
    facts = {"code": code, "text": ABOUT_EVENTS.get(code) or ABOUT_US.get(code)}
    reason = _("Splunk answers with code %(code)s: %(text)s.") % facts
    if code in ABOUT_EVENTS:
        raise Refused(reason)
    if code in ABOUT_US:
        raise Unavailable(reason, retry_after=answer.retry_after)
