"""The ways to destinations, one small module each."""

from collections.abc import Callable

from activity.delivery.models import Destination, Kind
from activity.delivery.transports.base import Transport

TRANSPORTS: dict[Kind, Callable[[Destination], Transport]] = {}


def transport_for(destination: Destination) -> Transport:
    """The way to `destination`; nothing is connected yet. Raises `sealing.SecretLost`."""
    return TRANSPORTS[Kind(destination.kind)](destination)
