"""The ways to destinations, one small module each."""

from collections.abc import Callable

from activity.delivery.models import Destination, Kind
from activity.delivery.transports.base import Transport
from activity.delivery.transports.files import FilesTransport
from activity.delivery.transports.splunk import SplunkTransport
from activity.delivery.transports.syslog import SyslogTransport
from activity.delivery.transports.webhook import WebhookTransport

TRANSPORTS: dict[Kind, Callable[[Destination], Transport]] = {
    Kind.WEBHOOK: WebhookTransport,
    Kind.SPLUNK: SplunkTransport,
    Kind.SYSLOG: SyslogTransport,
    Kind.FILE: FilesTransport,
}


def transport_for(destination: Destination) -> Transport:
    """The way to `destination`; nothing is connected yet. Raises `sealing.SecretLost`."""
    return TRANSPORTS[Kind(destination.kind)](destination)
