"""Destination kinds. Each module of this package declares one and registers it in `KINDS`.

To add a kind, add a module: nothing else lists them. The app imports all modules once models are
ready.
"""

from django.utils.translation import gettext as _

from activity.delivery.kinds.base import DestinationKind, Transport, Unavailable
from activity.delivery.models import Destination
from activity.registry import Registry

KINDS: Registry[DestinationKind] = Registry("destination kind")


def transport_for(destination: Destination) -> Transport:
    """A transport to `destination`, not yet connected.

    Raises `secrets.SecretLost`, and `Unavailable` if the kind is not registered.
    """
    kind = KINDS.get(destination.kind)
    if kind is None:
        message = _("This site does not know the destination type “%s”. A plugin may be missing.")
        raise Unavailable(message % destination.kind)
    return kind.transport(destination)
