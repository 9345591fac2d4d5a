"""A test event, for whoever wants to see a destination work."""

from contextlib import closing

from activity import access
from activity.delivery.kinds import transport_for
from activity.delivery.messages import trial_message
from activity.delivery.models import Destination
from activity.delivery.replay import try_now
from organizations.plans import Feature


def send_test_event(destination: Destination) -> None:
    """Send one event of the type `delivery.test` now; if it arrives, what waits follows at once.

    Raises `Refused`, `Unavailable`, `secrets.SecretLost` and `access.PlanRequired`. The log of the
    organization does not keep the event.
    """
    access.require_feature(destination.organization, Feature.EXPORT_LOG)
    with closing(transport_for(destination)) as transport:
        transport.send([trial_message(destination)])
    try_now(destination)
