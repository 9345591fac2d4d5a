"""The ways to destinations, one small module each."""

from collections.abc import Callable

from activity.delivery.kinds.base import Transport
from activity.delivery.kinds.file import FilesTransport
from activity.delivery.kinds.splunk import SplunkTransport
from activity.delivery.kinds.syslog import SyslogTransport
from activity.delivery.kinds.webhook import WebhookTransport
from activity.delivery.models import Destination, Kind

TRANSPORTS: dict[Kind, Callable[[Destination], Transport]] = {
    Kind.WEBHOOK: WebhookTransport,
    Kind.SPLUNK: SplunkTransport,
    Kind.SYSLOG: SyslogTransport,
    Kind.FILE: FilesTransport,
}


def transport_for(destination: Destination) -> Transport:
    """The way to `destination`; nothing is connected yet. Raises `secrets.SecretLost`."""
    return TRANSPORTS[Kind(destination.kind)](destination)
