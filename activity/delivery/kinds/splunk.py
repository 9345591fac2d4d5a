"""Splunk's HTTP Event Collector, with several events per request.

https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data
"""

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.delivery.forms import DestinationForm
from activity.delivery.kinds import KINDS
from activity.delivery.kinds.base import DestinationKind, Message, Refused, Unavailable
from activity.delivery.models import Destination
from activity.delivery.network.http import Answer, HttpClient, raise_for_status
from activity.formats import to_json

PATH = "/services/collector/event"
# Meanings of the `code` in an error answer: the events are rejected, or the set-up is wrong.
EVENT_ERRORS = {
    5: gettext_lazy("no data"),
    6: gettext_lazy("invalid data format"),
    12: gettext_lazy("an event is missing"),
    13: gettext_lazy("an event is blank"),
    15: gettext_lazy("an indexed field is wrong"),
}
SETUP_ERRORS = {
    1: gettext_lazy("the token is disabled"),
    2: gettext_lazy("it requires a token"),
    3: gettext_lazy("the token is malformed"),
    4: gettext_lazy("the token is unknown"),
    7: gettext_lazy("the token's index does not exist, or the token may not write to it"),
    8: gettext_lazy("internal server error"),
    9: gettext_lazy("the server is busy"),
    10: gettext_lazy("turn off “Enable indexer acknowledgement” for this token"),
    11: gettext_lazy("turn off “Enable indexer acknowledgement” for this token"),
}


class SplunkForm(DestinationForm):
    address_help = gettext_lazy(
        "The server of the HTTP Event Collector: https://splunk.example.com:8088."
    )
    shown: ClassVar[list[str]] = ["name", "address", "token", "format", "filter"]

    token = forms.CharField(
        label=gettext_lazy("Token"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "class": "vLargeTextField"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.fields["token"].required = False
            self.fields["token"].help_text = _(
                "Leave empty to keep the token. A new address needs the token again."
            )

    def clean_token(self) -> str:
        token: str = self.cleaned_data["token"].strip()
        if not (token.isascii() and token.isprintable() and " " not in token):
            raise ValidationError(_("Enter only the token, such as 1a2b3c4d-0000-…"))
        if not token and "address" in self.changed_data:
            raise ValidationError(_("The address has changed. Enter the token again."))
        return token

    def save(self, commit: bool = True) -> Destination:  # noqa: FBT001, FBT002 - as in ModelForm
        if self.cleaned_data["token"]:
            self.instance.secret = self.cleaned_data["token"]
        return super().save(commit)


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
        _raise_for_code(answer)
        raise_for_status(answer)

    def close(self) -> None:
        self.client.close()

    def _event(self, message: Message) -> dict[str, Any]:
        """`time` is in seconds since 1970, with a fraction."""
        time = message.occurred_at.timestamp()
        return {"time": time, **self.metadata, "event": message.content}


def _raise_for_code(answer: Answer) -> None:
    """Raises `Refused` or `Unavailable` if the answer has a known error code."""
    if answer.is_success:
        return
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return
    code = found.get("code") if isinstance(found, dict) else None
    if not isinstance(code, int):
        return
    facts = {"code": code, "text": EVENT_ERRORS.get(code) or SETUP_ERRORS.get(code)}
    reason = _("Splunk answers with code %(code)s: %(text)s.") % facts
    if code in EVENT_ERRORS:
        raise Refused(reason)
    if code in SETUP_ERRORS:
        raise Unavailable(reason, retry_after=answer.retry_after)


KINDS.register(
    DestinationKind(
        code="splunk",
        label=gettext_lazy("Splunk HTTP Event Collector"),
        description=gettext_lazy("For Splunk Cloud and Splunk Enterprise, with a token of theirs."),
        form=SplunkForm,
        transport=SplunkTransport,
    )
)
